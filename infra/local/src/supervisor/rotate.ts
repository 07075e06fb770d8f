import { copyFileSync, readdirSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { sizeOf } from '../files.ts';
import type { Home } from '../home.ts';

/** One current and one older file for each log: some 17 logs × 2 × 5 MB, so at most 170 MB. */
const LOG_BYTES = 5 * 1024 * 1024;
const EVERY_MS = 5000;

/** nginx writes its access log itself and reopens it when asked. */
const REOPENED = 'access.log';

/** Keeps the logs within their size until the returned function is called. */
export function rotateLogs(home: Home, reopen: () => void): () => void {
  const timer = setInterval(() => {
    try {
      rotateOnce(home.logs, reopen);
    } catch {
      // No log is worth the end of the supervisor: the next round tries again.
    }
  }, EVERY_MS);
  return () => clearInterval(timer);
}

export function rotateOnce(folder: string, reopen: () => void, limit = LOG_BYTES): void {
  for (const name of readdirSync(folder).filter((entry) => entry.endsWith('.log'))) {
    const file = join(folder, name);
    if (sizeOf(file) < limit) continue;
    if (name === REOPENED) {
      renameSync(file, `${file}.1`);
      reopen();
    } else {
      keepCopy(file);
      // The process has the file open and appends to it: a renamed file would go on growing.
      truncateSync(file);
    }
  }
}

/** On a full disk there is no room for one, and the older one has to go as well. */
function keepCopy(file: string): void {
  try {
    copyFileSync(file, `${file}.1`);
  } catch {
    rmSync(`${file}.1`, { recursive: true, force: true });
  }
}
