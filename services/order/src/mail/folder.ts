import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import nodemailer from 'nodemailer';
import { compose } from './compose.ts';
import { type Mailer, MailNotSent } from './mailer.ts';

/** Mails become files, for a shop on one machine: `<id>.eml`, whole or not at all, and one however often it is sent. */
export function createFolderMailer(folder: string, from: string): Mailer {
  const writer = nodemailer.createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  return {
    async send(mail) {
      const draft = join(folder, `.${mail.id}.${crypto.randomUUID()}`);
      try {
        const { message } = await writer.sendMail(compose(mail, from));
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await writeFile(draft, message, { mode: 0o600, flush: true });
        await rename(draft, join(folder, `${mail.id}.eml`));
      } catch (error) {
        await rm(draft, { force: true }).catch(() => undefined);
        throw new MailNotSent(`the mail could not be written into ${folder}: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`);
      }
    },
  };
}
