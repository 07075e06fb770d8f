/** A letter to one person. */
export interface Mail {
  /** Names the mail for ever: sent again it is the same one. A UUID. */
  id: string;
  to: string;
  subject: string;
  text: string;
  html: string;
}

export interface Mailer {
  /**
   * Hands the mail over.
   * @throws MailRefused when the other side will never take it, MailNotSent when it may later. Neither holds an address.
   */
  send(mail: Mail): Promise<void>;
}

export class MailRefused extends Error {
  override name = 'MailRefused';
}

export class MailNotSent extends Error {
  override name = 'MailNotSent';
}
