import { describe, expect, it } from '@jest/globals';
import { createSmtpMailer } from '../../services/order/src/mail/smtp.ts';
import { smtpMailbox } from './mailbox.ts';

const ORDER = '0195d3a0-0000-7000-8000-000000000001';

describe('a mail server of the harness', () => {
  it('tells every delivery since it was watched, called as its file would be', async () => {
    const mailbox = await smtpMailbox();
    const mailer = createSmtpMailer(mailbox.url, 'shop@example.com');
    const send = (id: string) => mailer.send({ id, to: 'ada@example.com', subject: 'Order', text: 'Thank you', html: '<p>Thank you</p>' });
    try {
      await send('earlier');
      const delivered = mailbox.watch();
      expect(delivered()).toEqual([]);
      for (let copies = 0; copies < 2; copies += 1) await send(ORDER);
      const mail = expect.objectContaining({ file: `${ORDER}.eml`, to: 'ada@example.com', messageId: `<${ORDER}@example.com>`, text: expect.stringContaining('Thank you') });
      expect(delivered()).toEqual([mail, mail]);
    } finally {
      await mailbox.close();
    }
  });
});
