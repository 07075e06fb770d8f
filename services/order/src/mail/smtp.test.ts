import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readMail } from '../testing/read-mail.ts';
import { smtpServer } from '../testing/smtp-server.ts';
import { type Mail, MailNotSent, MailRefused } from './mailer.ts';
import { createSmtpMailer } from './smtp.ts';

const mail: Mail = { id: '6f0d8f1e-2222-8222-8222-9a4f8a1b2c3d', to: 'ada@example.com', subject: 'Your order', text: 'Grüße, 東京\n.\nand on', html: '<p>Grüße</p>' };

let server: Awaited<ReturnType<typeof smtpServer>>;
beforeAll(async () => {
  server = await smtpServer();
});
afterAll(() => server.close());
beforeEach(() => {
  server.answers = {};
  server.mails.length = 0;
  server.commands.length = 0;
});

const send = (url = server.url) => createSmtpMailer(url, 'orders@shop.example').send(mail);
/** Why it was not sent. */
const failure = async (url?: string): Promise<Error> => await send(url).then(() => new Error('it was sent'), (error: unknown) => error as Error);

describe('a mail by SMTP', () => {
  it('arrives whole, with who sent it and a name that stays the same when it is sent again', async () => {
    await send();
    await send();
    const [first, second] = server.mails.map(({ source }) => readMail(source));
    expect(server.mails.map(({ to }) => to)).toEqual(['ada@example.com', 'ada@example.com']);
    expect(first?.headers).toMatchObject({ from: '"E-Mall" <orders@shop.example>', to: 'ada@example.com', subject: 'Your order', 'auto-submitted': 'auto-generated' });
    expect([first?.headers['message-id'], second?.headers['message-id']]).toEqual(Array(2).fill(`<${mail.id}@shop.example>`));
    expect(first?.text.trimEnd()).toBe(mail.text);
    expect(first?.html.trimEnd()).toBe(mail.html);
  });

  it.each([
    ['the reader', { RCPT: '550 5.1.1 <ada@example.com> is nobody here' }],
    ['the mail', { end: '554 5.7.1 ada@example.com takes nothing like this' }],
  ])('is given up once the server refuses %s for good', async (_what, answers) => {
    server.answers = answers;
    const error = await failure();
    expect(error).toBeInstanceOf(MailRefused);
    expect(error.message).toMatch(/ 55[04]$/);
  });

  it.each([
    ['puts the reader off', { RCPT: '451 4.7.1 <ada@example.com> later, please' }],
    ['is full', { end: '452 4.3.1 no room' }],
    ['does not let us send at all', { MAIL: '530 5.7.0 who are you' }],
    ['is closing', { greeting: '421 4.3.2 closing' }],
    ['hangs up before it says that it took the mail', { end: 'hang-up' as const }],
  ])('may be sent later when the server %s', async (_what, answers) => {
    server.answers = answers;
    expect(await failure()).toBeInstanceOf(MailNotSent);
  });

  it.each(['greeting', 'RCPT', 'end'] as const)('may be sent later when the server falls silent at %s, which keeps nobody for long', async (step) => {
    server.answers = { [step]: 'silence' };
    const begin = performance.now();
    expect(await failure()).toBeInstanceOf(MailNotSent);
    expect(performance.now() - begin).toBeLessThan(15_000);
  }, 30_000);

  it('may be sent later when nobody listens', async () => {
    const gone = await smtpServer();
    await gone.close();
    expect(await failure(gone.url)).toBeInstanceOf(MailNotSent);
  });

  it('is not tried again at once when the server fell silent: other work waits for its slot', async () => {
    server.answers = { greeting: 'silence' };
    const mailer = createSmtpMailer(server.url, 'orders@shop.example');
    await expect(mailer.send(mail)).rejects.toThrow(MailNotSent);
    server.answers = {};
    const asked = server.commands.length;
    await expect(mailer.send(mail)).rejects.toThrow('a moment ago');
    expect(server.commands).toHaveLength(asked);
  });

  it('is tried again at once when the server refused another one', async () => {
    server.answers = { RCPT: '451 4.7.1 later, please' };
    const mailer = createSmtpMailer(server.url, 'orders@shop.example');
    await expect(mailer.send(mail)).rejects.toThrow(MailNotSent);
    server.answers = {};
    await mailer.send(mail);
    expect(server.mails).toHaveLength(1);
  });

  it('never sends a password in the clear', async () => {
    server.answers = { EHLO: '250-mail.example\r\n250 AUTH PLAIN LOGIN' };
    expect(await failure(server.url.replace('//', '//shop:secret@'))).toBeInstanceOf(MailNotSent);
    expect(server.commands).toContain('STARTTLS');
    expect(server.commands).not.toContain('AUTH');
  });

  it('that failed tells no address and nothing the server said', async () => {
    for (const answers of [{ RCPT: '550 <ada@example.com> no' }, { RCPT: '450 <ada@example.com> no' }, { end: '554 ada@example.com' }]) {
      server.answers = answers;
      const error = await failure();
      expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain('ada@');
      expect(error.cause).toBeUndefined();
    }
  });
});
