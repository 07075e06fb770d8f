import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newKey, openShop, orderBody, type Shop } from '../testing/shop.ts';
import { fingerprint } from './fingerprint.ts';
import { claimAbandoned, claimKey, endAbandoned } from './queries.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

const lapse = (key: string) => shop.db.updateTable('idempotency_key').set({ lease_until: new Date(0) as never }).where('key', '=', key).execute();
const abandonedAt = async (key: string) =>
  (await shop.db.selectFrom('idempotency_key').select('abandoned_at').where('key', '=', key).executeTakeFirstOrThrow()).abandoned_at;

/** A key whose holder died before it answered. */
async function leftBehind() {
  const visitor = shop.shopper();
  const key = newKey();
  await claimKey(shop.db, visitor.shopper, key, fingerprint(orderBody()));
  await lapse(key);
  return { ...visitor, key };
}

describe('a key that nobody repeats', () => {
  it('is cleared up behind by one, and only after its lease', async () => {
    const { shopper, key } = await leftBehind();
    const claims = await Promise.all([1, 2, 3].map(() => claimAbandoned(shop.db, shopper, key)));
    expect(claims.filter(Boolean)).toHaveLength(1);
    expect(await claimAbandoned(shop.db, shopper, key)).toBeUndefined();
  });

  it('makes a repeat wait while it is cleared up behind, and go on afterwards', async () => {
    const { shopper, headers, key } = await leftBehind();
    const claim = await claimAbandoned(shop.db, shopper, key);
    expect((await shop.place(headers, key)).json().code).toBe('request-in-progress');
    if (claim) await endAbandoned(shop.db, claim);
    expect(await abandonedAt(key)).toBeInstanceOf(Date);
    expect(await claimAbandoned(shop.db, shopper, key)).toBeUndefined();
    expect((await shop.place(headers, key)).statusCode).toBe(201);
    expect(await abandonedAt(key)).toBeNull();
  });

  it('is not called cleared up by one that took too long and was overtaken', async () => {
    const { shopper, headers, key } = await leftBehind();
    const claim = await claimAbandoned(shop.db, shopper, key);
    await lapse(key);
    expect((await shop.place(headers, key)).statusCode).toBe(201);
    if (claim) await endAbandoned(shop.db, claim);
    expect(await abandonedAt(key)).toBeNull();
  });

  it('is left alone once it was answered', async () => {
    const { shopper, headers } = shop.shopper();
    const key = newKey();
    await shop.place(headers, key);
    await lapse(key);
    expect(await claimAbandoned(shop.db, shopper, key)).toBeUndefined();
  });
});
