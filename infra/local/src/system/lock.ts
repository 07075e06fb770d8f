import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { readJson } from '../files.ts';
import { identify, isAlive, type ProcessId } from './processes.ts';

/** Runs `work` while no other process of this machine does under the same file. A lock whose holder died is taken over. */
export async function withLock<T>(path: string, work: () => Promise<T>, ms = 120_000): Promise<T> {
  const end = performance.now() + ms;
  while (!tryLock(path)) {
    if (performance.now() > end) throw new Error(`${path} has been held for ${ms / 1000} s by process ${readJson<ProcessId>(path)?.pid}`);
    await sleep(50);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function tryLock(path: string): boolean {
  try {
    writeFileSync(path, JSON.stringify(identify(process.pid)), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    removeIfAbandoned(path);
    return false;
  }
}

function removeIfAbandoned(path: string): void {
  const holder = readJson<ProcessId>(path);
  if (holder === undefined || isAlive(holder)) return;
  // Renamed before it is removed, so that of two who find it abandoned only one takes it away.
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
    const taken = JSON.parse(readFileSync(aside, 'utf8')) as ProcessId;
    if (isAlive(taken)) renameSync(aside, path);
    else rmSync(aside);
  } catch {
    // Another process was quicker.
  }
}
