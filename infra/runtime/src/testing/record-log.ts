import { createLog, type Log } from '../log.ts';

/** A log of everything, down to the smallest detail, that a test can read: one line for each entry, as a process would print it. */
export function recordLog(): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const log = createLog({ service: 'test', replica: 'test', version: 'test', level: 'trace' }, { write: (line) => void lines.push(line) });
  return { log, lines };
}
