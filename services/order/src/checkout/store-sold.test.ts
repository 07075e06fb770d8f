import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { created } from '../keys/answer.ts';
import { fingerprint } from '../keys/fingerprint.ts';
import { type Claim, ClaimLost, claimKey } from '../keys/queries.ts';
import { orderIdOf } from '../orders/identifiers.ts';
import type { NewOrder } from '../orders/queries.ts';
import { newKey, openShop, orderBody, type Shop } from '../testing/shop.ts';
import { storeSold } from './store-sold.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop({ jobs: false });
});
afterAll(() => shop.close());

async function claimed(shopper: string, key = newKey()): Promise<Claim> {
  const claim = await claimKey(shop.db, shopper, key, fingerprint(orderBody()));
  if ('body' in claim) throw new Error('it was answered');
  return claim;
}

const orderOf = ({ shopper, key }: Claim): NewOrder => ({
  id: orderIdOf(shopper, key),
  shopper,
  cartVersion: '1',
  state: 'accepted',
  email: 'ada@example.com',
  address: { name: 'Ada', line1: 'St James Square 1', city: 'London', postcode: 'SW1Y 4JH', country: 'GB' },
  shippingMethod: 'standard',
  paymentMethod: 'on_delivery',
  currency: 'GBP',
  items: 1250,
  shipping: 395,
  tax: 274,
  total: 1645,
  linkHash: Buffer.alloc(32),
  holdSeconds: null,
  provider: null,
  lines: [{ sku: 'mug', name: 'The mug', options: {}, picture: null, tint: null, price: 1250, quantity: 1 }],
});

/** What is there of an order: its row, its lines, its jobs, and the answer under its key. */
async function traces(claim: Claim) {
  const id = orderIdOf(claim.shopper, claim.key);
  const { rows: [found] } = await sql<{ orders: number; lines: number; jobs: number; answers: number }>`select
    (select count(*)::int from "order" where id = ${id}::uuid) as orders,
    (select count(*)::int from order_line where order_id = ${id}::uuid) as lines,
    (select count(*)::int from order_jobs._private_jobs where key like '%:' || ${id}) as jobs,
    (select count(*)::int from idempotency_key where shopper = ${claim.shopper} and key = ${claim.key} and status = 201) as answers`.execute(shop.db);
  return found;
}
const ALL = { orders: 1, lines: 1, jobs: 2, answers: 1 };
const NOTHING = { orders: 0, lines: 0, jobs: 0, answers: 0 };

describe('an order that is sold as it is placed', () => {
  it('is stored with its lines, its jobs and its answer', async () => {
    const claim = await claimed(shop.shopper().shopper);
    expect(await storeSold(shop.db, claim, orderOf(claim), created({}))).toBe(true);
    expect(await traces(claim)).toEqual(ALL);
  });

  it('leaves nothing when its key was taken over by another that is still at work', async () => {
    const mine = await claimed(shop.shopper().shopper);
    await shop.db.updateTable('idempotency_key').set({ lease_until: sql`now() - interval '1 second'` as never }).where('key', '=', mine.key).execute();
    const theirs = await claimed(mine.shopper, mine.key);
    await expect(storeSold(shop.db, mine, orderOf(mine), created({}))).rejects.toThrow(ClaimLost);
    expect(await traces(mine)).toEqual(NOTHING);
    expect(await storeSold(shop.db, theirs, orderOf(theirs), created({}))).toBe(true);
  });

  it('leaves nothing when another of the same cart is there', async () => {
    const first = await claimed(shop.shopper().shopper);
    await storeSold(shop.db, first, orderOf(first), created({}));
    const second = await claimed(first.shopper);
    expect(await storeSold(shop.db, second, orderOf(second), created({}))).toBe(false);
    expect(await traces(second)).toEqual(NOTHING);
  });

  it('is stored once by two at once, and the other leaves nothing', async () => {
    const first = await claimed(shop.shopper().shopper);
    await shop.db.updateTable('idempotency_key').set({ lease_until: sql`now() - interval '1 second'` as never }).where('key', '=', first.key).execute();
    // As if the second had been let in beside the first: the index on the cart alone decides.
    const second = await claimed(first.shopper);
    await shop.db.updateTable('idempotency_key').set({ holder: first.holder }).where('key', '=', first.key).execute();
    const stored = await Promise.all([first, second].map((claim) => storeSold(shop.db, claim, orderOf(claim), created({}))));
    expect(stored.toSorted()).toEqual([false, true]);
    expect([await traces(first), await traces(second)]).toEqual(stored.map((one) => (one ? ALL : NOTHING)));
  });
});
