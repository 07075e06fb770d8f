import { fileURLToPath } from 'node:url';
import { createFolderMailer } from './folder.ts';
import type { Mailer } from './mailer.ts';
import { createSmtpMailer } from './smtp.ts';

/** @param url `file:///…` of a folder, or of an SMTP server */
export function createMailer({ url, from }: { url: string; from: string }): Mailer {
  return url.startsWith('file:') ? createFolderMailer(fileURLToPath(url), from) : createSmtpMailer(url, from);
}
