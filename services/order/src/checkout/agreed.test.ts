import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { answering } from '../testing/neighbours.ts';
import { newKey, openShop, orderBody, type Shop } from '../testing/shop.ts';

const HOLD_S = 120;
let shop: Shop;
beforeAll(async () => {
  shop = await openShop({ jobs: false, holdSeconds: HOLD_S });
});
afterAll(() => shop.close());

const place = (over: Record<string, unknown> = {}, visitor = shop.shopper()) => shop.place(visitor.headers, newKey(), orderBody(over));

describe('what is ordered', () => {
  it('is what was agreed', async () => {
    expect((await place()).statusCode).toBe(201);
  });

  it('is not ordered in another currency than the shopper saw', async () => {
    const response = await place({ expectedTotal: { amount: 2895, currency: 'EUR' } });
    expect([response.statusCode, response.json().code]).toEqual([409, 'total-changed']);
  });

  it('is not ordered at a price in another currency than the shop sells in', async () => {
    const inDollars = () => () => ({ body: { lines: [{ sku: 'mug', name: 'A mug', options: {}, picture: null, tint: null, quantity: 2, price: { amount: 1250, currency: 'USD' }, available: 9 }], unknown: [] } });
    const before = shop.catalog.stockOf('mug');
    expect((await answering(shop.catalog, 'POST /internal/prices', inDollars, () => place())).statusCode).toBe(500);
    expect(shop.catalog.stockOf('mug')).toBe(before);
  });
});

describe('the hold of stock', () => {
  it('outlasts the time that a shopper has to pay, by as long as a database or a provider may be away', async () => {
    const { shopper, headers } = shop.shopper();
    await shop.place(headers, newKey(), orderBody({ paymentMethod: 'card' }));
    const reserved = shop.catalog.calls.filter(({ method, headers: sent }) => method === 'PUT' && String(sent['x-emall-identity']).startsWith(shopper));
    const [holdSeconds] = reserved.map(({ body }) => (body as { holdSeconds: number }).holdSeconds);
    expect(holdSeconds).toBeGreaterThanOrEqual(HOLD_S + 900);
  });
});
