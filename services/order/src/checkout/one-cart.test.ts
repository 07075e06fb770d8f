import { insist, type UpstreamCall, type UpstreamHandler, withConflicts } from '@emall/runtime/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { findRival, type NewOrder } from '../orders/queries.ts';
import { answering } from '../testing/neighbours.ts';
import { newKey, openShop, orderBody, type Shop, until } from '../testing/shop.ts';

const RESERVE = 'PUT /internal/reservations/*';
const goods = [
  { sku: 'mug', price: 1250, stock: 1000 },
  { sku: 'cup', price: 500, stock: 1000 },
];
const totalOf = (amount: number) => ({ expectedTotal: { amount, currency: 'GBP' } });

let shop: Shop;
/** Where nothing follows an order by itself: what was ordered stays in the cart. */
let idle: Shop;
beforeAll(async () => {
  [shop, idle] = await Promise.all([openShop({ goods }), openShop({ goods, jobs: false })]);
});
afterAll(() => Promise.all([shop.close(), idle.close()]));

type Visitor = ReturnType<Shop['shopper']>;
const ordersOf = (at: Shop, { shopper }: Visitor) => at.db.selectFrom('order').select(['id', 'state', 'payment_method']).where('shopper', '=', shopper).execute();
const linesOf = (at: Shop, id: string) => at.db.selectFrom('order_line').select(['sku', 'quantity']).where('order_id', '=', id).execute();
const codeOf = ({ statusCode, body }: { statusCode: number; body: string }) => (statusCode === 201 ? 201 : (JSON.parse(body) as { code: string }).code);

/** Lets this many checkouts read the cart before any of them goes on. */
function together(most: number) {
  const { promise: all, resolve } = Promise.withResolvers<void>();
  let arrived = 0;
  return (usual: UpstreamHandler) => async (call: UpstreamCall) => {
    arrived += 1;
    if (arrived === most) resolve();
    await all;
    return await usual(call);
  };
}

describe('ten windows that order one cart at once', () => {
  it('make one order; the others are led to it, for ever, and hold nothing', async () => {
    const before = shop.catalog.stockOf('mug');
    const visitor = shop.shopper();
    const keys = Array.from({ length: 10 }, newKey);
    const answers = await answering(shop.catalog, RESERVE, together(10), () => Promise.all(keys.map((key) => shop.place(visitor.headers, key))));
    expect(answers.map(codeOf).sort()).toEqual([201, ...Array<string>(9).fill('already-ordered')]);
    const made = answers.find(({ statusCode }) => statusCode === 201)?.json();
    expect(await ordersOf(shop, visitor)).toEqual([{ id: made.id, state: 'accepted', payment_method: 'on_delivery' }]);
    for (const [i, answer] of answers.entries()) {
      if (answer.statusCode === 201) continue;
      expect(answer.json()).toMatchObject({
        status: 409,
        detail: `This cart is your order ${made.number} already, so nothing more was ordered.`,
        order: { id: made.id, number: made.number, link: made.link },
      });
      expect((await shop.place(visitor.headers, keys[i])).body).toBe(answer.body);
    }
    await until(async () => shop.catalog.stockOf('mug') === before - 2);
  });

  it('by card in one of them, and on delivery in the other, can neither be sold nor be paid twice', async () => {
    const before = shop.catalog.stockOf('mug');
    const visitor = shop.shopper();
    const ways = ['card', 'on_delivery'];
    const answers = await answering(shop.catalog, RESERVE, together(2), () =>
      Promise.all(ways.map((paymentMethod) => shop.place(visitor.headers, newKey(), orderBody({ paymentMethod })))));
    const codes = answers.map(codeOf);
    expect([['already-ordered', 201], [201, 'order-ended']]).toContainEqual(codes);
    expect(await ordersOf(shop, visitor)).toHaveLength(1);
    await until(async () => shop.catalog.stockOf('mug') === before - 2);
  });

  it('and forty more, one by one as they come, make one order all the same', async () => {
    const before = shop.catalog.stockOf('mug');
    const visitor = shop.shopper();
    const answers = await Promise.all(Array.from({ length: 50 }, newKey).map((key) => insist(() => shop.place(visitor.headers, key))));
    const codes = answers.map(codeOf);
    expect(codes.filter((code) => code === 201)).toHaveLength(1);
    expect(codes.filter((code) => code !== 201 && code !== 'already-ordered' && code !== 'cart-empty')).toEqual([]);
    expect(await ordersOf(shop, visitor)).toHaveLength(1);
    await until(async () => shop.catalog.stockOf('mug') === before - 2);
  });
});

describe('a shopper who orders again before the cart was cleared', () => {
  it('and has changed nothing is led to the order, and nothing is held', async () => {
    const before = idle.catalog.stockOf('mug');
    const visitor = idle.shopper();
    const first = (await idle.place(visitor.headers, newKey())).json();
    const again = await idle.place(visitor.headers, newKey());
    expect(again.json()).toMatchObject({ status: 409, code: 'already-ordered', order: { id: first.id, link: first.link } });
    expect(idle.catalog.stockOf('mug')).toBe(before - 2);
    expect(await ordersOf(idle, visitor)).toHaveLength(1);
  });

  it('and has added something orders that alone', async () => {
    const visitor = idle.shopper();
    await idle.place(visitor.headers, newKey());
    idle.cart.carts.set(visitor.shopper, [{ sku: 'mug', quantity: 3 }, { sku: 'cup', quantity: 1 }]);
    const both = await idle.place(visitor.headers, newKey(), orderBody(totalOf(4645)));
    expect(both.json()).toMatchObject({ code: 'total-changed', quote: { total: { amount: 2145 } } });
    const second = await idle.place(visitor.headers, newKey(), orderBody(totalOf(2145)));
    expect(second.statusCode).toBe(201);
    expect(await linesOf(idle, second.json().id)).toEqual([{ sku: 'mug', quantity: 1 }, { sku: 'cup', quantity: 1 }]);
  });

  it('orders nothing while cart does not answer, and may repeat', async () => {
    const visitor = idle.shopper();
    await idle.place(visitor.headers, newKey());
    idle.cart.carts.set(visitor.shopper, [{ sku: 'mug', quantity: 4 }]);
    const key = newKey();
    const failed = await answering(idle.cart, 'POST /internal/carts/clear', () => () => ({ status: 503, body: {} }), () => idle.place(visitor.headers, key));
    expect([failed.statusCode, failed.headers['retry-after']]).toEqual([503, '1']);
    const second = await idle.place(visitor.headers, key);
    expect(await linesOf(idle, second.json().id)).toEqual([{ sku: 'mug', quantity: 2 }]);
  });

  it('may order the same cart when the first was cancelled', async () => {
    const visitor = idle.shopper();
    const { id } = (await idle.place(visitor.headers, newKey())).json();
    await idle.app.inject({ method: 'POST', url: `/api/orders/${id}/cancel`, headers: visitor.headers, body: {} });
    expect((await idle.place(visitor.headers, newKey())).statusCode).toBe(201);
    expect((await ordersOf(idle, visitor)).map(({ state }) => state).sort()).toEqual(['accepted', 'cancelled']);
  });

  it('who has six such orders waits for the sixth, and may repeat', async () => {
    const visitor = idle.shopper();
    for (let n = 1; n <= 6; n += 1) {
      await idle.place(visitor.headers, newKey());
      await idle.db.updateTable('order').set({ cart_cleared_at: sql`now()` }).where('shopper', '=', visitor.shopper).execute();
      idle.cart.carts.set(visitor.shopper, [{ sku: 'mug', quantity: 2 }]);
    }
    await idle.db.updateTable('order').set({ cart_cleared_at: null }).where('shopper', '=', visitor.shopper).execute();
    idle.cart.carts.set(visitor.shopper, [{ sku: 'mug', quantity: 14 }]);
    const cleared = () => idle.cart.calls.filter(({ url, headers }) => url.endsWith('/clear') && String(headers['x-emall-identity']).startsWith(visitor.shopper)).length;
    const key = newKey();
    const first = await idle.place(visitor.headers, key);
    expect([first.statusCode, first.headers['retry-after'], cleared()]).toEqual([503, '1', 5]);
    const second = await idle.place(visitor.headers, key);
    expect([second.statusCode, cleared()]).toEqual([201, 6]);
    expect(await linesOf(idle, second.json().id)).toEqual([{ sku: 'mug', quantity: 2 }]);
  });

  it('is not in the way of the order on delivery when it awaits payment and is of another cart', async () => {
    const visitor = idle.shopper();
    await idle.place(visitor.headers, newKey(), orderBody({ paymentMethod: 'card' }));
    const rival = (state: 'accepted' | 'awaiting_payment') =>
      idle.db.transaction().execute((trx) => findRival(trx, { id: crypto.randomUUID(), shopper: visitor.shopper, cartVersion: 'another', state } as NewOrder));
    expect(await rival('accepted')).toBeUndefined();
    expect(await rival('awaiting_payment')).toMatchObject({ state: 'awaiting_payment' });
  });

  it('gets the answer of the first key for the first key, whatever the cart holds by then', async () => {
    const visitor = idle.shopper();
    const key = newKey();
    const first = await idle.place(visitor.headers, key);
    idle.cart.carts.set(visitor.shopper, [{ sku: 'cup', quantity: 1 }]);
    expect((await idle.place(visitor.headers, key)).body).toBe(first.body);
  });
});

describe('a cart without a version, from before there were any', () => {
  it('is not ordered, because nothing would keep it from being ordered twice', async () => {
    const visitor = idle.shopper();
    const old = () => () => ({ body: { lines: [{ sku: 'mug', quantity: 2 }] } });
    const answer = await answering(idle.cart, 'GET /api/cart', old, () => idle.place(visitor.headers, newKey()));
    expect([answer.statusCode, await ordersOf(idle, visitor)]).toEqual([503, []]);
  });
});

describe('a shopper whose cart was cleared', () => {
  it('may order the same things again', async () => {
    const visitor = shop.shopper();
    await shop.place(visitor.headers, newKey());
    await until(async () => shop.cart.carts.get(visitor.shopper)?.length === 0);
    shop.cart.carts.set(visitor.shopper, [{ sku: 'mug', quantity: 2 }]);
    expect((await shop.place(visitor.headers, newKey())).statusCode).toBe(201);
    expect(await ordersOf(shop, visitor)).toHaveLength(2);
  });
});

describe('an order that is stored', () => {
  it.each([['card', '40001'], ['on_delivery', '40P01']] as const)('is stored once (%s) though it lost three conflicts (%s)', async (paymentMethod, code) => {
    const visitor = shop.shopper();
    const conflicts = { table: 'order_line', times: 3, code };
    const { statusCode } = await withConflicts(shop.database.ownerUrl, conflicts, () => shop.place(visitor.headers, newKey(), orderBody({ paymentMethod })));
    expect(statusCode).toBe(201);
    expect(await ordersOf(shop, visitor)).toHaveLength(1);
  });

  it('is not stored when it lost four, and the repeat stores it', async () => {
    const visitor = idle.shopper();
    const key = newKey();
    const failed = await withConflicts(idle.database.ownerUrl, { table: 'order_line', times: 4 }, () => idle.place(visitor.headers, key));
    expect([failed.statusCode, failed.headers['retry-after']]).toEqual([503, '1']);
    expect(await ordersOf(idle, visitor)).toHaveLength(0);
    expect((await idle.place(visitor.headers, key)).statusCode).toBe(201);
  });
});
