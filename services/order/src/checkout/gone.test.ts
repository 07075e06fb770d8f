import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testIdentityKeys } from '@emall/runtime/testing';
import { buildApp } from '../app.ts';
import { answering } from '../testing/neighbours.ts';
import { newKey, openShop, orderBody, PUBLIC_URL, type Shop } from '../testing/shop.ts';
import { openGone } from './gone.ts';

let shop: Shop;
let app: Awaited<ReturnType<typeof buildApp>>;
let ahead = 0;
const clock = performance.now.bind(performance);

beforeAll(async () => {
  shop = await openShop({ goods: [{ sku: 'hot', price: 500, stock: 0 }, { sku: 'cup', price: 500, stock: 1000 }], jobs: false });
  app = await buildApp({ ...shop.deps, gone: openGone(), version: 'test', identityKeys: testIdentityKeys, publicUrl: PUBLIC_URL, currency: 'GBP', holdSeconds: 900 });
  // Stands still unless told otherwise: what happens within 300 ms does not depend on the machine.
  const start = clock();
  performance.now = () => start + ahead;
});
afterAll(async () => {
  performance.now = clock;
  await app.close();
  await shop.close();
});

const TOTAL = { expectedTotal: { amount: 895, currency: 'GBP' } };
const order = async (sku: string, key = newKey(), { headers } = shop.shopper([{ sku, quantity: 1 }])) =>
  app.inject({ method: 'POST', url: '/api/orders', headers: { ...headers, 'idempotency-key': key }, body: orderBody(TOTAL) });

/** How often catalog was asked while this was done. */
async function asked(work: () => Promise<unknown>): Promise<number> {
  let times = 0;
  await answering(shop.catalog, 'POST /internal/prices', (usual) => (call) => ((times += 1), usual(call)), work);
  return times;
}

async function rush(): Promise<void> {
  for (let i = 0; i < 5; i += 1) expect((await order('hot')).json().code).toBe('out-of-stock');
}

describe('what is gone while everybody wants it', () => {
  it('is found out by asking as long as few want it', async () => {
    expect(await asked(rush)).toBe(5);
  });

  it('is then told at once, as catalog would, and other things are sold', async () => {
    await rush();
    const visitor = shop.shopper([{ sku: 'hot', quantity: 1 }]);
    const key = newKey();
    expect(await asked(async () => {
      const answers = [await order('hot', key, visitor), await order('hot', key, visitor)];
      expect(answers.map(({ statusCode }) => statusCode)).toEqual([409, 409]);
      expect(answers[0]?.json()).toMatchObject({ code: 'out-of-stock', lines: [{ sku: 'hot', available: 0 }] });
      // Final for its key: kept, and repeated as it was.
      expect(answers[1]?.body).toBe(answers[0]?.body);
    })).toBe(0);
    expect((await order('cup')).statusCode).toBe(201);
  });

  it('is asked for again after 300 ms, and can be bought when it is back', async () => {
    await rush();
    const goods = shop.catalog.shelf.get('hot');
    if (goods) goods.stock = 1;
    expect((await order('hot')).json().code).toBe('out-of-stock');
    ahead += 301;
    expect((await order('hot')).statusCode).toBe(201);
  });

  it('is no longer a rush after a second without anybody', async () => {
    await rush();
    ahead += 1001;
    expect((await order('hot')).statusCode).toBe(409);
    expect(await asked(() => order('hot'))).toBe(1);
  });
});
