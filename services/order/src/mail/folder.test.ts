import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readMail } from '../testing/read-mail.ts';
import { createMailer } from './create-mailer.ts';
import { type Mail, MailNotSent } from './mailer.ts';

const mail: Mail = { id: '6f0d8f1e-2222-8222-8222-9a4f8a1b2c3d', to: 'ada@example.com', subject: 'Ihre Bestellung für Ödön', text: 'Grüße', html: '<p>Grüße</p>' };

let place: string;
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'mail folder #1 '));
});
afterAll(() => rm(place, { recursive: true }));

const mailerFor = (folder: string) => createMailer({ url: pathToFileURL(folder).href, from: 'orders@shop.example' });

describe('a mail to a folder', () => {
  it('is one file that nobody else may read, however often and by how many it is sent', async () => {
    const folder = join(place, 'mail');
    await Promise.all(Array.from({ length: 20 }, () => mailerFor(folder).send(mail)));
    expect(await readdir(folder)).toEqual([`${mail.id}.eml`]);
    const file = join(folder, `${mail.id}.eml`);
    expect([(await stat(folder)).mode & 0o777, (await stat(file)).mode & 0o777]).toEqual([0o700, 0o600]);
    const { headers, text } = readMail(await readFile(file, 'utf8'));
    expect([headers['to'], text.trimEnd()]).toEqual(['ada@example.com', 'Grüße']);
    expect(headers['subject']).toMatch(/^=\?UTF-8\?/);
  });

  it.each(['ada@example.com\r\nBcc: eve@example.com', 'ada@example.com, eve@example.com', 'Ada <ada@example.com>, eve@example.com'])('has no header and no reader that an address brings along: %j', async (to) => {
    const folder = join(place, 'hostile');
    await mailerFor(folder).send({ ...mail, to, subject: `Your order\r\nBcc: eve@example.com` });
    const { headers } = readMail(await readFile(join(folder, `${mail.id}.eml`), 'utf8'));
    expect(Object.keys(headers).filter((name) => name.endsWith('cc'))).toEqual([]);
    expect(headers['subject']).toBe('Your order Bcc: eve@example.com');
    expect(headers['to']).not.toMatch(/, *eve@/);
  });

  it('may be sent later when it cannot be written, and leaves nothing behind', async () => {
    const folder = join(place, 'taken');
    await writeFile(folder, '');
    const error = await mailerFor(folder).send(mail).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(MailNotSent);
    expect((error as Error).message).toBe(`the mail could not be written into ${folder}: ENOTDIR`);
    expect(await readdir(place)).not.toContain(expect.stringContaining(mail.id));
  });
});
