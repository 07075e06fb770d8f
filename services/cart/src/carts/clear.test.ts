import { callerHeaders, countStatements, insist } from '@emall/runtime/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type OpenCart, openCart, shopperOf } from '../testing.ts';

let shop: OpenCart;
beforeAll(async () => {
  shop = await openCart();
  for (const sku of ['A', 'B', 'C']) shop.sell(sku);
});
afterAll(() => shop.close());

const clear = (shopper: string, orderId: string, lines: unknown, headers = callerHeaders('order', shopper)) =>
  shop.app.inject({ method: 'POST', url: '/internal/carts/clear', headers, payload: { orderId, lines } });

describe('POST /internal/carts/clear', () => {
  it('takes out what was ordered and keeps what was added meanwhile, in one statement', async () => {
    const anna = shopperOf(shop);
    await anna.add('A', 2);
    await anna.add('B', 5);
    await anna.add('C', 1);
    const { response, statements } = await countStatements(shop.app, () => clear(anna.id, `${anna.id}-1`, [{ sku: 'A', quantity: 2 }, { sku: 'B', quantity: 3 }]));
    expect([response.statusCode, statements]).toEqual([204, 1]);
    expect(await anna.rows()).toEqual({ B: 2, C: 1 });
  });

  it('does so once for each order', async () => {
    const bert = shopperOf(shop);
    await bert.add('A', 9);
    const answers = await Promise.all(Array.from({ length: 10 }, () => clear(bert.id, `${bert.id}-1`, [{ sku: 'A', quantity: 2 }])));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(10).fill(204));
    expect(await bert.rows()).toEqual({ A: 7 });
    await clear(bert.id, `${bert.id}-2`, [{ sku: 'A', quantity: 7 }]);
    expect(await bert.rows()).toEqual({});
  });

  it('is not surprised by lines and carts that are gone', async () => {
    const cleo = shopperOf(shop);
    expect((await clear(cleo.id, `${cleo.id}-1`, [{ sku: 'A', quantity: 2 }])).statusCode).toBe(204);
    await cleo.add('B');
    expect((await clear(cleo.id, `${cleo.id}-2`, [{ sku: 'A', quantity: 2 }])).statusCode).toBe(204);
    expect(await cleo.rows()).toEqual({ B: 1 });
  });

  it('loses no piece that is added at the same moment', async () => {
    const dora = shopperOf(shop);
    for (let round = 0; round < 5; round += 1) {
      await dora.set('A', 10);
      const adds = Array.from({ length: 20 }, (_, i) => insist(() => dora.add('A', 1, { 'idempotency-key': `${dora.id}-${round}-${i}` })));
      const answers = await Promise.all([...adds, insist(() => clear(dora.id, `${dora.id}-${round}`, [{ sku: 'A', quantity: 10 }]))]);
      expect(answers.every(({ statusCode }) => statusCode < 300)).toBe(true);
      expect(await dora.rows()).toEqual({ A: 20 });
    }
  });

  it('is for order alone', async () => {
    const eve = shopperOf(shop);
    await eve.add('A');
    expect((await clear(eve.id, 'x', [{ sku: 'A', quantity: 1 }], eve.headers)).statusCode).toBe(403);
    expect((await clear(eve.id, 'x', [{ sku: 'A', quantity: 1 }], {})).statusCode).toBe(401);
    expect(await eve.rows()).toEqual({ A: 1 });
  });

  it('refuses malformed lines', async () => {
    const { id } = shopperOf(shop);
    for (const lines of [[{ sku: 'A', quantity: 0 }], [{ sku: 'A' }], [{ sku: 'A', quantity: 1, price: 1 }], 'A', null]) {
      expect((await clear(id, 'x', lines)).statusCode).toBe(400);
    }
  });
});
