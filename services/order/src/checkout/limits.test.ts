import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newKey, openShop, orderBody, type Shop, until } from '../testing/shop.ts';

const MANY = Array.from({ length: 11 }, (_, i) => `many-${i}`);
/** The most that the provider takes at once: £999,999.99. */
const MOST = 99_999_999;
const CUPS = { expectedTotal: { amount: 895, currency: 'GBP' } };

let shop: Shop;
beforeAll(async () => {
  shop = await openShop({ goods: [{ sku: 'cup', price: 500, stock: 1000 }, { sku: 'yacht', price: MOST, stock: 1 }, { sku: 'pin', price: 1, stock: 1 }, ...MANY.map((sku) => ({ sku, price: 100, stock: 100 }))] });
});
afterAll(() => shop.close());

type Visitor = ReturnType<Shop['shopper']>;

async function orderCup({ shopper, headers }: Visitor, over: object = {}) {
  shop.cart.carts.set(shopper, [{ sku: 'cup', quantity: 1 }]);
  const answer = await shop.place(headers, newKey(), orderBody({ ...CUPS, ...over }));
  if (answer.json().state === 'accepted') await until(async () => shop.cart.carts.get(shopper)?.length === 0);
  return answer;
}

describe('the units of one order', () => {
  const lines = (last: number) => MANY.map((sku, i) => ({ sku, quantity: i < 10 ? 99 : last }));

  it('may be few', async () => {
    expect((await orderCup(shop.shopper())).statusCode).toBe(201);
  });

  it('are at most 1,000: more is refused before anything is held, and by the quote too', async () => {
    const { headers } = shop.shopper(lines(11));
    const quoted = await shop.app.inject({ method: 'POST', url: '/api/orders/quote', headers, body: { address: {}, shippingMethod: 'standard' } });
    const placed = await shop.place(headers, newKey(), orderBody({ expectedTotal: { amount: 100_100, currency: 'GBP' } }));
    for (const answer of [quoted, placed]) {
      expect(answer.json()).toMatchObject({ status: 409, code: 'too-many-units', detail: 'There are 1001 pieces in the cart, and one order holds at most 1000.' });
    }
    expect(MANY.map((sku) => shop.catalog.stockOf(sku))).toEqual(MANY.map(() => 100));
  });

  it('may be 1,000', async () => {
    const { headers } = shop.shopper(lines(10));
    const placed = await shop.place(headers, newKey(), orderBody({ expectedTotal: { amount: 100_000, currency: 'GBP' } }));
    expect(placed.statusCode).toBe(201);
  });
});

describe('the total of one order', () => {
  it('is at most what can be paid at once: more is refused before anything is held, and by the quote too', async () => {
    const { headers } = shop.shopper([{ sku: 'yacht', quantity: 1 }, { sku: 'pin', quantity: 1 }]);
    const quoted = await shop.app.inject({ method: 'POST', url: '/api/orders/quote', headers, body: { address: {}, shippingMethod: 'standard' } });
    const placed = await shop.place(headers, newKey(), orderBody({ expectedTotal: { amount: MOST + 1, currency: 'GBP' } }));
    for (const answer of [quoted, placed]) expect(answer.json()).toMatchObject({ status: 409, code: 'total-too-large' });
    expect(['yacht', 'pin'].map((sku) => shop.catalog.stockOf(sku))).toEqual([1, 1]);
  });

  it('may be as much', async () => {
    const { headers } = shop.shopper([{ sku: 'yacht', quantity: 1 }]);
    const placed = await shop.place(headers, newKey(), orderBody({ paymentMethod: 'card', expectedTotal: { amount: MOST, currency: 'GBP' } }));
    expect(placed.statusCode).toBe(201);
  });
});

describe('the orders of a shopper that are due on delivery', () => {
  it('are at most 20 in 24 hours; by card there may be more, and what was cancelled or is older does not count', async () => {
    const visitor = shop.shopper();
    const ids: string[] = [];
    for (let i = 0; i < 20; i += 1) ids.push((await orderCup(visitor)).json().id);
    expect(new Set(ids).size).toBe(20);
    const before = shop.catalog.stockOf('cup');
    const refused = await orderCup(visitor);
    expect(refused.json()).toMatchObject({ status: 409, code: 'too-many-orders', detail: expect.stringContaining('20 orders') });
    expect(shop.catalog.stockOf('cup')).toBe(before);
    expect((await orderCup(shop.shopper())).statusCode).toBe(201);
    expect((await orderCup(visitor, { paymentMethod: 'card' })).statusCode).toBe(201);

    await shop.app.inject({ method: 'POST', url: `/api/orders/${ids[0]}/cancel`, headers: visitor.headers, body: {} });
    expect((await orderCup(visitor)).statusCode).toBe(201);
    expect((await orderCup(visitor)).json().code).toBe('too-many-orders');
    const yesterday = new Date(Date.now() - 25 * 3_600_000);
    await shop.db.updateTable('order').set({ placed_at: yesterday }).where('id', '=', ids[1] ?? '').execute();
    expect((await orderCup(visitor)).statusCode).toBe(201);
  });
});
