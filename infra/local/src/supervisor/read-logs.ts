import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Home } from '../home.ts';
import { inSources } from './source-positions.ts';
import { whenToldToStop } from './stop-signals.ts';

export interface LogFile {
  name: string;
  path: string;
}

/** The logs of a home, or of a service or process in it. */
export function logFiles(home: Home, service?: string): LogFile[] {
  return readdirSync(home.logs)
    .filter((file) => file.endsWith('.log'))
    .map((file) => ({ name: file.slice(0, -4), path: join(home.logs, file) }))
    .filter(({ name }) => service === undefined || name === service || name.replace(/-\d+$/, '') === service)
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** Prints the last lines and returns where the file ended. */
export function showTail({ name, path }: LogFile, lines: number): number {
  const text = readFileSync(path, 'utf8');
  const last = text.split('\n').filter((line) => line !== '').slice(-lines || Infinity);
  if (lines > 0) for (const line of last) print(name, line);
  return Buffer.byteLength(text);
}

/**
 * Prints what is added, until the process is told to stop or `stop` is aborted.
 * @param files looked for again and again: a replica that is added meanwhile has a log of its own
 * @param ends where to begin, by path; what is not among them began later and is shown whole
 */
export async function followLogs(files: () => LogFile[], ends: ReadonlyMap<string, number>, stop = new AbortController()): Promise<number> {
  whenToldToStop(() => stop.abort());
  const positions = new Map(ends);
  while (!stop.signal.aborted) {
    for (const file of files()) positions.set(file.path, printFrom(file, positions.get(file.path) ?? 0));
    await sleep(200, undefined, { signal: stop.signal }).catch(() => {});
  }
  return 0;
}

function printFrom({ name, path }: LogFile, from: number): number {
  if (!existsSync(path)) return 0;
  const { size } = statSync(path);
  // Rotated: it begins anew.
  const start = size < from ? 0 : from;
  if (size === start) return start;
  const buffer = Buffer.alloc(size - start);
  const handle = openSync(path, 'r');
  const read = readSync(handle, buffer, 0, buffer.length, start);
  closeSync(handle);
  const whole = buffer.subarray(0, read).lastIndexOf('\n') + 1;
  for (const line of buffer.subarray(0, whole).toString().split('\n')) if (line !== '') print(name, line);
  return start + whole;
}

function print(name: string, line: string): void {
  process.stdout.write(`${name.padEnd(13)} ${inSources(line)}\n`);
}
