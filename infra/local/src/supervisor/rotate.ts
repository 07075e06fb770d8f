import { copyFileSync, existsSync, readdirSync, renameSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { Home } from '../home.ts';

/** One current and one older file for each log: some 17 logs × 2 × 5 MB, so at most 170 MB. */
export const LOG_BYTES = 5 * 1024 * 1024;
const EVERY_MS = 5000;

/** nginx writes its access log itself and reopens it when asked. */
export const REOPENED = 'access.log';

/** Keeps the logs within their size until the returned function is called. */
export function rotateLogs(home: Home, reopen: () => void): () => void {
  const timer = setInterval(() => rotateOnce(home.logs, reopen), EVERY_MS);
  return () => clearInterval(timer);
}

export function rotateOnce(folder: string, reopen: () => void, limit = LOG_BYTES): void {
  for (const name of readdirSync(folder).filter((entry) => entry.endsWith('.log'))) {
    const file = join(folder, name);
    if (!existsSync(file) || statSync(file).size < limit) continue;
    if (name === REOPENED) {
      renameSync(file, `${file}.1`);
      reopen();
    } else {
      // The process has the file open and appends to it: a renamed file would go on growing.
      copyFileSync(file, `${file}.1`);
      truncateSync(file);
    }
  }
}
