import type { SendMailOptions } from 'nodemailer';
import type { Mail } from './mailer.ts';

const SHOP_NAME = 'E-Mall';

/** Addresses are given in parts, so that none is read as a list of several. */
export function compose({ id, to, subject, text, html }: Mail, from: string): SendMailOptions {
  return {
    from: { name: SHOP_NAME, address: from },
    to: { name: '', address: to },
    subject,
    text,
    html,
    // Mail systems drop a second copy with the same name.
    messageId: `<${id}@${from.slice(from.lastIndexOf('@') + 1)}>`,
    headers: { 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
