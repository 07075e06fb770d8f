import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { recordLog } from '@emall/runtime/testing';
import { sql } from 'kysely';
import { readMail } from '../testing/read-mail.ts';
import { newKey, openShop, orderBody, type Shop, until } from '../testing/shop.ts';
import { smtpServer } from '../testing/smtp-server.ts';
import { createSmtpMailer } from '../mail/smtp.ts';
import { sendConfirmation } from './send-confirmation.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

async function place(paymentMethod: 'card' | 'on_delivery', of: Shop = shop) {
  const visitor = of.shopper();
  const response = await of.place(visitor.headers, newKey(), orderBody({ paymentMethod }));
  return { ...visitor, response, ...(response.json() as { id: string; number: string; link: string; payment: { url: string } }) };
}

const confirmedAt = async (id: string, of: Shop = shop) => (await of.db.selectFrom('order').select('confirmed_at').where('id', '=', id).executeTakeFirstOrThrow()).confirmed_at;
const isConfirmed = (id: string, of: Shop = shop) => until(async () => (await confirmedAt(id, of)) !== null);
const jobsOf = async (id: string, of: Shop = shop) =>
  (await sql<{ attempts: number; max_attempts: number; last_error: string | null }>`
    select attempts, max_attempts, last_error from order_jobs._private_jobs where payload ->> 'orderId' = ${id}
      and task_id = (select id from order_jobs._private_tasks where identifier = 'send-confirmation')`.execute(of.db)).rows;

describe('the confirmation of an order', () => {
  it('is one mail, once it is accepted', async () => {
    const { id, number, link } = await place('on_delivery');
    await isConfirmed(id);
    const mails = await shop.mailsOf(id);
    expect(mails).toHaveLength(1);
    const { headers, text, html } = readMail(mails[0] ?? '');
    expect([headers['to'], headers['subject']]).toEqual(['ada@example.com', `Your order ${number} is placed`]);
    for (const part of [text, html]) expect(part).toContain(link);
  });

  it('comes when it is paid, and not before', async () => {
    const { id, payment } = await place('card');
    expect(await jobsOf(id)).toEqual([]);
    await shop.pay(payment.url);
    await isConfirmed(id);
    expect(readMail((await shop.mailsOf(id))[0] ?? '').text).toContain('Paid by card.');
  });

  it('is not sent when the order has ended before, nor for one that awaits its payment', async () => {
    const quiet = await openShop({ jobs: false });
    try {
      const accepted = await place('on_delivery', quiet);
      const awaiting = await place('card', quiet);
      expect((await quiet.app.inject({ method: 'POST', url: `/api/orders/${accepted.id}/cancel`, headers: accepted.headers })).statusCode).toBe(200);
      for (const { id } of [accepted, awaiting]) {
        await sendConfirmation(quiet.deps, { orderId: id });
        expect([await quiet.mailsOf(id), await confirmedAt(id, quiet)]).toEqual([[], null]);
      }
    } finally {
      await quiet.close();
    }
  });

  it('is the same one file when several send it at once, and is never sent again', async () => {
    const quiet = await openShop({ jobs: false });
    try {
      const { id } = await place('on_delivery', quiet);
      await Promise.all(Array.from({ length: 5 }, () => sendConfirmation(quiet.deps, { orderId: id })));
      const mails = await quiet.mailsOf(id);
      expect(mails).toHaveLength(1);
      const first = await confirmedAt(id, quiet);
      await sendConfirmation(quiet.deps, { orderId: id });
      expect([await quiet.mailsOf(id), await confirmedAt(id, quiet)]).toEqual([mails, first]);
    } finally {
      await quiet.close();
    }
  });
});

describe('a mail server', () => {
  const secrets = ['ada@example.com', 'Ada Lovelace', 'ada@', 'Lovelace', 'James', 'sw1y', 'SW1Y'];
  let server: Awaited<ReturnType<typeof smtpServer>>;
  let byMail: Shop;
  const { log, lines } = recordLog();
  beforeAll(async () => {
    server = await smtpServer();
    byMail = await openShop({ mailer: createSmtpMailer(server.url, 'orders@shop.example'), log });
  });
  afterAll(async () => {
    await byMail.close();
    await server.close();
  });

  it('that puts the mail off is asked again', async () => {
    server.answers = { RCPT: '451 4.7.1 <ada@example.com>: later, please' };
    const { id } = await place('on_delivery', byMail);
    await until(async () => (await jobsOf(id, byMail)).some(({ last_error: error }) => error?.includes('451')));
    expect(await confirmedAt(id, byMail)).toBeNull();
    server.answers = {};
    await isConfirmed(id, byMail);
    expect(server.mails.map(({ source }) => readMail(source).headers['message-id'])).toEqual([`<${id}@shop.example>`]);
  });

  it('that refuses the reader for good is not asked again: the job is a dead letter', async () => {
    server.answers = { RCPT: '550 5.1.1 <ada@example.com>: nobody here' };
    const { id } = await place('on_delivery', byMail);
    const [dead] = await until(async () => {
      const jobs = await jobsOf(id, byMail);
      return jobs.some(({ last_error: error }) => error !== null) && jobs;
    });
    expect(dead?.attempts).toBe(dead?.max_attempts);
    expect(await confirmedAt(id, byMail)).toBeNull();
  });

  it('is the only one to learn who ordered: no log and no job holds a name or an address, whatever it answers', async () => {
    server.answers = { end: '554 5.7.1 <ada@example.com> Ada Lovelace' };
    const { id, payment } = await place('card', byMail);
    await byMail.pay(payment.url);
    await until(async () => (await jobsOf(id, byMail)).some(({ last_error: error }) => error !== null));
    await byMail.place(byMail.shopper().headers, newKey(), orderBody({ email: 'ada@', surprise: 'Ada Lovelace' }));
    expect(lines.some((line) => line.includes('554'))).toBe(true);
    const { rows } = await sql<{ job: string }>`select j::text as job from order_jobs._private_jobs j`.execute(byMail.db);
    const kept = [...lines, ...rows.map(({ job }) => job)];
    expect(kept.filter((line) => secrets.some((secret) => line.includes(secret)))).toEqual([]);
  });
});
