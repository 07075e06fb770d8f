import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { newKey, openShop, orderBody, type Shop, until } from '../testing/shop.ts';

/** No webhook arrives. */
let shop: Shop;
/** Where an order may wait for less than a minute. */
let hasty: Shop;
beforeAll(async () => {
  [shop, hasty] = await Promise.all([openShop(), openShop({ holdSeconds: 45, jobs: false })]);
  shop.relay.held = true;
});
afterAll(() => Promise.all([shop.close(), hasty.close()]));

async function placeByCard(at: Shop) {
  const visitor = at.shopper();
  const { id, payment } = (await at.place(visitor.headers, newKey(), orderBody({ paymentMethod: 'card' }))).json() as { id: string; payment: { url: string } };
  return { ...visitor, id, url: payment.url };
}
const stateOf = async (id: string) => (await shop.db.selectFrom('order').select('state').where('id', '=', id).executeTakeFirstOrThrow()).state;

async function jobOf(at: Shop, id: string) {
  const { rows } = await sql<{ id: string; seconds: number }>`
    select id, extract(epoch from run_at - now())::float8 as seconds from order_jobs._private_jobs where key = ${`follow-payment:${id}`}`.execute(at.db);
  return rows[0];
}
/** As if a minute had passed. */
const bringForward = (id: string) => sql`update order_jobs._private_jobs set run_at = now() where key = ${`follow-payment:${id}`}`.execute(shop.db);

describe('a payment of which no webhook tells', () => {
  it('is found out within a minute, though the shopper does not come back', async () => {
    const { id, url } = await placeByCard(shop);
    expect((await shop.pay(url)).statusCode).toBe(303);
    expect((await jobOf(shop, id))?.seconds).toBeLessThanOrEqual(60);
    expect(await stateOf(id)).toBe('awaiting_payment');
    await bringForward(id);
    await until(async () => (await stateOf(id)) === 'paid');
    expect(shop.catalog.reservations.get(id)?.state).not.toBe('released');
  });

  it('is looked for again a minute later when nothing was paid, and no more when the order has ended', async () => {
    const { id, headers } = await placeByCard(shop);
    const first = await jobOf(shop, id);
    await bringForward(id);
    const next = await until(async () => {
      const job = await jobOf(shop, id);
      return job !== undefined && job.id !== first?.id && job;
    });
    expect(next.seconds).toBeGreaterThan(0);
    expect(await stateOf(id)).toBe('awaiting_payment');
    await shop.app.inject({ method: 'POST', url: `/api/orders/${id}/cancel`, headers, body: {} });
    await bringForward(id);
    await until(async () => (await jobOf(shop, id)) === undefined);
  });

  it('is not looked for when the hold ends first: whoever ends it asks', async () => {
    const { id } = await placeByCard(hasty);
    expect(await jobOf(hasty, id)).toBeUndefined();
  });
});
