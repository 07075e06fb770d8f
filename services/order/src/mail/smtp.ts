import nodemailer, { type NodemailerError } from 'nodemailer';
import { compose } from './compose.ts';
import { type Mailer, MailNotSent, MailRefused } from './mailer.ts';

/** A job must end before its process is asked to. */
const SEND_MS = 6000;
const CONNECT_MS = 3000;

/** Mails go before other work: a server that is away must not have every slot of that, one mail after the other. */
const REST_MS = 5000;

/** Where a refusal is about this mail or its reader, and not about us. */
const ABOUT_THE_MAIL = new Set<string | undefined>(['RCPT TO', 'DATA']);

/**
 * Sends at least once: a server that took the mail and could not say so gets it again, under the same Message-ID.
 * @param url `smtp:` or `smtps:`, with user and password where the server wants them; these are never sent in the clear
 */
export function createSmtpMailer(url: string, from: string): Mailer {
  const transport = nodemailer.createTransport({
    url,
    requireTLS: new URL(url).username !== '',
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    dnsTimeout: CONNECT_MS,
    socketTimeout: SEND_MS,
  });
  let restUntil = 0;
  return {
    async send(mail) {
      if (performance.now() < restUntil) throw new MailNotSent('the mail server did not answer a moment ago');
      try {
        await transport.sendMail({ ...compose(mail, from), signal: AbortSignal.timeout(SEND_MS) });
      } catch (error) {
        // Its message can hold what the server said, and that the address.
        const { code, command, responseCode, permanent } = error as NodemailerError;
        if (responseCode === undefined) restUntil = performance.now() + REST_MS;
        const what = [code, command, responseCode].filter((part) => part !== undefined).join(' ');
        if (permanent === true && ABOUT_THE_MAIL.has(command)) throw new MailRefused(`the mail server refused the mail: ${what}`);
        throw new MailNotSent(`the mail server did not take the mail: ${what}`);
      }
    },
  };
}
