import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { unavailable } from '@emall/runtime';
import { sql } from 'kysely';
import { MailRefused } from '../mail/mailer.ts';
import { newKey, openShop, type Shop, until } from '../testing/shop.ts';
import { causesOf } from './attempt.ts';
import { reconcile } from './reconcile.ts';

describe('what is kept of a failure', () => {
  it('names its causes', () => {
    const refused = Object.assign(new AggregateError([new Error('connect ECONNREFUSED ::1:9'), new Error('connect ECONNREFUSED 127.0.0.1:9')], ''), { code: 'ECONNREFUSED' });
    const error = unavailable({ cause: new Error('catalog did not answer POST /internal/reservations/1/commit', { cause: refused }) });
    expect(causesOf(error)).toBe(`${error.message}: catalog did not answer POST /internal/reservations/1/commit: ECONNREFUSED: connect ECONNREFUSED ::1:9`);
  });

  it('names nobody', () => {
    expect(causesOf(new Error('550 5.1.1 <ada.lovelace@example.com>: no such user (ada.lovelace@example.com)'))).toBe('550 5.1.1 <(an address)>: no such user ((an address))');
  });

  it.each([['a word', 'a word'], [undefined, ''], [null, ''], [new Error(''), 'Error'], [{ message: 'shaped like one' }, 'shaped like one']])('takes whatever was thrown: %p', (thrown, kept) => {
    expect(causesOf(thrown)).toBe(kept);
  });

  it('does not follow causes in a circle', () => {
    const error = new Error('around');
    error.cause = new Error('and around', { cause: error });
    expect(causesOf(error)).toBe('around: and around: around: and around: around');
  });
});

describe('a task that knows itself in vain', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop({ mailer: { send: () => Promise.reject(new MailRefused('550 no such user')) } });
  });
  afterAll(() => shop.close());

  it('is a dead letter at once, which the reconciler leaves to people', async () => {
    const { id } = (await shop.place(shop.shopper().headers, newKey())).json() as { id: string };
    const letters = async () =>
      (await sql<{ attempts: number; max_attempts: number; last_error: string | null; locked_by: string | null }>`
        select * from order_jobs.jobs where key = ${`send-confirmation:${id}`}`.execute(shop.db)).rows;
    const before = await until(async () => {
      const found = await letters();
      return found[0]?.last_error !== null && found[0]?.locked_by === null && found;
    });
    expect(before).toEqual([expect.objectContaining({ attempts: before[0]?.max_attempts, last_error: '550 no such user' })]);
    await shop.db.updateTable('order').set({ updated_at: sql`now() - interval '1 minute'` }).where('id', '=', id).execute();
    expect(await reconcile(shop.db)).toEqual({});
    expect(await letters()).toEqual(before);
  });
});
