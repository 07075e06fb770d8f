import { createDatabase, silentLog } from '@emall/runtime';
import { callerHeaders, rowsWalked } from '@emall/runtime/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { sweepCarts } from './carts/sweep.ts';
import { type OpenCart, openCart, shopperOf } from './testing.ts';

const CARTS = 100_000;
let shop: OpenCart;

beforeAll(async () => {
  shop = await openCart();
  for (const sku of ['A', 'B']) shop.sell(sku);
  const owner = createDatabase<unknown>({ url: shop.ownerUrl, name: 'owner', max: 1, statementTimeoutMs: 60_000, log: silentLog });
  await sql`insert into cart (shopper) select 'shopper-' || n from generate_series(1, ${CARTS}::int) n`.execute(owner);
  await sql`
    insert into cart_line (shopper, sku, quantity, name, price_amount, price_currency)
    select 'shopper-' || n, sku, 1, 'The A', 1000, 'GBP' from generate_series(1, ${CARTS}::int) n, unnest(array['A', 'B']) sku`.execute(owner);
  await sql`insert into cart_add (shopper, key, sku, quantity) select 'shopper-' || n, 'key', 'A', 1 from generate_series(1, ${CARTS}::int) n`.execute(owner);
  await sql`insert into cart_clear (order_id) select 'order-' || n from generate_series(1, ${CARTS}::int) n`.execute(owner);
  await sql`analyze`.execute(owner);
  await owner.destroy();
}, 120_000);
afterAll(() => shop.close());

describe(`among ${CARTS} carts`, () => {
  it('nothing that a shopper, an order or the sweep does walks through a whole table', async () => {
    const [known, fresh] = [shopperOf(shop, 'shopper-77'), shopperOf(shop)];
    const inside = (shopper: string) => callerHeaders('order', shopper);
    const statuses: number[] = [];
    for (const { add, set, get, empty, id } of [known, fresh]) {
      const clear = { orderId: `new-${id}`, lines: [{ sku: 'A', quantity: 1 }] };
      for (const call of [
        get,
        () => add('A', 2),
        () => add('B', 1, { 'idempotency-key': 'key-0001' }),
        () => set('A', 5),
        () => set('B', 0),
        () => shop.app.inject({ url: '/internal/carts/contents', headers: inside(id) }),
        () => shop.app.inject({ method: 'POST', url: '/internal/carts/clear', headers: inside(id), payload: clear }),
        empty,
      ]) statuses.push((await call()).statusCode);
    }
    expect(new Set(statuses)).toEqual(new Set([200, 204]));
    await sweepCarts(shop.db);
    await shop.db.destroy();
    const walked = await rowsWalked(shop.ownerUrl);
    expect(Object.keys(walked)).toEqual(expect.arrayContaining(['cart', 'cart_line', 'cart_add', 'cart_clear']));
    expect(Object.entries(walked).filter(([, rows]) => rows >= CARTS)).toEqual([]);
  });
});
