import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const WINDOW = 8192;

/** The end of what a process wrote since it started, in a form for people. */
export function lastWords(file: string, from = 0, lines = 3): string[] {
  return tail(file, from).split('\n').filter((line) => line.trim() !== '').slice(-lines).map(readable);
}

function tail(file: string, from: number): string {
  let handle: number | undefined;
  try {
    handle = openSync(file, 'r');
    const { size } = fstatSync(handle);
    // A log that was rotated meanwhile is shorter than where the process began.
    const start = Math.max(size < from ? 0 : from, size - WINDOW);
    const buffer = Buffer.alloc(size - start);
    readSync(handle, buffer, 0, buffer.length, start);
    return buffer.toString();
  } catch {
    return '';
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

interface Line {
  level?: string;
  msg?: string;
  err?: { message?: string };
  method?: string;
  route?: string;
  status?: number;
}

/** A line of a service's log is JSON: its message is enough here, the rest is in the file. */
function readable(line: string): string {
  try {
    const { level, msg, err, method, route, status } = JSON.parse(line) as Line;
    if (msg !== undefined) return shorten([level, [msg, method, route, status].filter(Boolean).join(' '), err?.message].filter(Boolean).join(': '));
  } catch {
    // Not JSON: shown as it is.
  }
  return shorten(line);
}

function shorten(line: string): string {
  return line.length > 300 ? `${line.slice(0, 297)}...` : line;
}
