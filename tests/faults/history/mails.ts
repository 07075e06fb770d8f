import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One file of the folder that mail is written to. */
export interface Mail {
  file: string;
  to: string;
  messageId: string;
  text: string;
}

/** Mails that are in the folder and not in `known`, a set of file names. */
export function readMails(folder: string, known: ReadonlySet<string> = new Set()): Mail[] {
  return mailFiles(folder)
    .filter((file) => !known.has(file))
    .map((file) => mailOf(file, readFileSync(join(folder, file), 'utf8')));
}

export function mailOf(file: string, source: string): Mail {
  // Long lines are folded by an = at their end.
  const text = source.replace(/=\r?\n/g, '');
  return { file, to: header(text, 'To'), messageId: header(text, 'Message-ID'), text };
}

/** The folder is made with the first mail. */
export function mailFiles(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.eml')) : [];
}

function header(text: string, name: string): string {
  return new RegExp(`^${name}:\\s*(.*)$`, 'im').exec(text)?.[1]?.trim() ?? '';
}
