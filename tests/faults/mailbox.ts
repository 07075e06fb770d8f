import { smtpServer } from '../../services/order/src/testing/smtp-server.ts';
import { type Mail, mailFiles, mailOf, readMails } from './history/mails.ts';

/** Where the confirmations of a shop arrive. */
export interface Mailbox {
  /** Begins to watch. What it gives back tells what has come since, each delivery by itself. */
  watch(): () => Mail[];
}

/** A folder, in which a copy takes the place of what it is a copy of. @param folder may come into being later */
export function folderMailbox(folder: () => string): Mailbox {
  return {
    watch() {
      const known = new Set(mailFiles(folder()));
      return () => readMails(folder(), known);
    },
  };
}

/** A mail server of the harness, which sees every copy. */
export async function smtpMailbox(): Promise<Mailbox & { url: string; close(): Promise<void> }> {
  const server = await smtpServer();
  return {
    url: server.url,
    watch() {
      const known = server.mails.length;
      return () => server.mails.slice(known).map(({ source }) => named(source));
    },
    close: () => server.close(),
  };
}

/** As its file in the folder would be called. */
function named(source: string): Mail {
  const mail = mailOf('', source);
  return { ...mail, file: `${/^<([^@]*)@/.exec(mail.messageId)?.[1] ?? 'nameless'}.eml` };
}
