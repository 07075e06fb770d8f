import { callerHeaders, countStatements } from '@emall/runtime/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type OpenCart, openCart, shopperOf } from '../testing.ts';

let shop: OpenCart;
beforeAll(async () => {
  shop = await openCart();
  for (const sku of ['B', 'A']) shop.sell(sku);
});
afterAll(() => shop.close());

const contentsOf = (shopper: string, headers: Record<string, string> = callerHeaders('order', shopper)) => shop.app.inject({ url: '/internal/carts/contents', headers });

describe('GET /internal/carts/contents', () => {
  it('tells order what the shopper sees in the cart, in one statement and without asking catalog', async () => {
    const anna = shopperOf(shop);
    await anna.add('B', 2);
    await anna.add('A', 5);
    const seen = (await anna.get()).json() as { version: string };
    const asked = shop.upstream.calls.length;
    const { response, statements } = await countStatements(shop.app, () => contentsOf(anna.id));
    expect(response.json()).toEqual({ version: seen.version, lines: [{ sku: 'B', quantity: 2 }, { sku: 'A', quantity: 5 }] });
    expect([statements, shop.upstream.calls.length - asked]).toEqual([1, 0]);
  });

  it('keeps the version of a cart that was emptied, and has none of a cart that never was', async () => {
    const bert = shopperOf(shop);
    expect((await contentsOf(bert.id)).json()).toEqual({ version: '0', lines: [] });
    await bert.add('A');
    const { version } = (await bert.empty()).json() as { version: string };
    expect((await contentsOf(bert.id)).json()).toEqual({ version, lines: [] });
  });

  it('is for order alone', async () => {
    const eve = shopperOf(shop);
    expect([(await contentsOf(eve.id, eve.headers)).statusCode, (await contentsOf(eve.id, {})).statusCode]).toEqual([403, 401]);
  });
});
