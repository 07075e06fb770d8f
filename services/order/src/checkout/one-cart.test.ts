import { insist, type UpstreamCall, type UpstreamHandler, withConflicts } from '@emall/runtime/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { answering } from '../testing/neighbours.ts';
import { inTurn, newKey, openShop, orderBody, type Shop, until } from '../testing/shop.ts';

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

/** Keeps the next call of a route waiting until it is let go. */
function held() {
  const { promise: free, resolve: letGo } = Promise.withResolvers<void>();
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
  let first = true;
  const instead = (usual: UpstreamHandler) => async (call: UpstreamCall) => {
    if (first) {
      first = false;
      arrive();
      await free;
    }
    return await usual(call);
  };
  return { instead, arrived, letGo };
}

describe('ten windows that order one cart at once', () => {
  it('make one order; the others wait for it, are led to it, for ever, and hold nothing', async () => {
    const before = idle.catalog.stockOf('mug');
    const visitor = idle.shopper();
    const [key, ...keys] = Array.from({ length: 10 }, newKey);
    const { instead, arrived, letGo } = held();
    const made = await answering(idle.catalog, RESERVE, instead, async () => {
      const first = idle.place(visitor.headers, key);
      await arrived;
      const others = await Promise.all(keys.map((other) => insist(() => idle.place(visitor.headers, other))));
      expect(others.map((other) => [codeOf(other), other.headers['retry-after']])).toEqual(keys.map(() => ['request-in-progress', '1']));
      letGo();
      return (await first).json();
    });
    expect(await ordersOf(idle, visitor)).toEqual([{ id: made.id, state: 'accepted', payment_method: 'on_delivery' }]);
    for (const other of keys) {
      const answer = await idle.place(visitor.headers, other);
      expect(answer.json()).toMatchObject({
        status: 409,
        code: 'already-ordered',
        detail: `This cart is your order ${made.number} already, so nothing more was ordered.`,
        order: { id: made.id, number: made.number, link: made.link },
      });
      expect((await idle.place(visitor.headers, other)).body).toBe(answer.body);
    }
    expect(idle.catalog.stockOf('mug')).toBe(before - 2);
  });

  it('and forty more, one by one as they come, make one order all the same', async () => {
    const before = shop.catalog.stockOf('mug');
    const visitor = shop.shopper();
    const answers = await Promise.all(Array.from({ length: 50 }, newKey).map((key) => inTurn(() => shop.place(visitor.headers, key))));
    const codes = answers.map(codeOf);
    expect(codes.filter((code) => code === 201)).toHaveLength(1);
    expect(codes.filter((code) => code !== 201 && code !== 'already-ordered' && code !== 'cart-empty')).toEqual([]);
    expect(await ordersOf(shop, visitor)).toHaveLength(1);
    await until(async () => shop.catalog.stockOf('mug') === before - 2);
  });
});

describe('a shopper who gives up an order that is under way, adds something and orders again', () => {
  const more = [{ sku: 'mug', quantity: 2 }, { sku: 'cup', quantity: 1 }];

  it('waits for the first, and then orders what was added', async () => {
    const visitor = idle.shopper();
    const second = newKey();
    const { instead, arrived, letGo } = held();
    await answering(idle.catalog, RESERVE, instead, async () => {
      const first = idle.place(visitor.headers, newKey());
      await arrived;
      idle.cart.carts.set(visitor.shopper, more);
      expect(codeOf(await idle.place(visitor.headers, second, orderBody(totalOf(3395))))).toBe('request-in-progress');
      letGo();
      expect((await first).statusCode).toBe(201);
    });
    const rest = await idle.place(visitor.headers, newKey(), orderBody(totalOf(895)));
    expect(await linesOf(idle, rest.json().id)).toEqual([{ sku: 'cup', quantity: 1 }]);
  });

  it.each(['card', 'on_delivery'])('has one order when the first fell silent (%s): it stores nothing when it wakes up', async (paymentMethod) => {
    const before = shop.catalog.stockOf('mug');
    const visitor = shop.shopper();
    const [firstKey, secondKey] = [newKey(), newKey()];
    const { instead, arrived, letGo } = held();
    const second = await answering(shop.catalog, RESERVE, instead, async () => {
      const first = shop.place(visitor.headers, firstKey, orderBody({ paymentMethod }));
      await arrived;
      await shop.db.updateTable('idempotency_key').set({ lease_until: new Date(0) as never }).where('key', '=', firstKey).execute();
      shop.cart.carts.set(visitor.shopper, more);
      const answer = await shop.place(visitor.headers, secondKey, orderBody(totalOf(3395)));
      letGo();
      expect(codeOf(await first)).toBe('request-in-progress');
      return answer.json();
    });
    expect(await linesOf(shop, second.id)).toEqual(more);
    expect((await ordersOf(shop, visitor)).map(({ id }) => id)).toEqual([second.id]);
    await until(async () => shop.cart.carts.get(visitor.shopper)?.length === 0);
    expect(codeOf(await shop.place(visitor.headers, firstKey, orderBody({ paymentMethod })))).toBe('cart-empty');
    await until(async () => shop.catalog.stockOf('mug') === before - 2);
  });
});

describe('two orders of one cart that came past each other all the same', () => {
  it.each(['card', 'on_delivery'])('are one (%s): the second is not stored, is led to the first when it comes again, and gives back what it held', async (paymentMethod) => {
    const before = shop.catalog.stockOf('mug');
    const visitor = shop.shopper();
    const key = newKey();
    const version = () => shop.cart.carts.versionOf(visitor.shopper);
    const rival = { id: crypto.randomUUID(), shopper: visitor.shopper, cart_version: version(), state: 'accepted' as const };
    const sneaking = (usual: UpstreamHandler) => async (call: UpstreamCall) => {
      await shop.db.insertInto('order').values({
        ...rival, email: 'ada@example.com', address: '{}' as never, shipping_method: 'standard', payment_method: 'on_delivery', currency: 'GBP',
        items: 2500, shipping: 395, tax: 0, total: 2895, link_hash: Buffer.alloc(32),
      }).execute();
      return await usual(call);
    };
    const refused = await answering(shop.catalog, RESERVE, sneaking, () => shop.place(visitor.headers, key, orderBody({ paymentMethod })));
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '1']);
    const again = await shop.place(visitor.headers, key, orderBody({ paymentMethod }));
    expect(again.json()).toMatchObject({ code: 'already-ordered', order: { id: rival.id } });
    expect((await ordersOf(shop, visitor)).map(({ id }) => id)).toEqual([rival.id]);
    await until(async () => shop.catalog.stockOf('mug') === before);
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

  it('orders what an older cart shows, which knows no contents, and that once', async () => {
    const visitor = idle.shopper();
    const none: UpstreamHandler = () => ({ status: 404, body: { code: 'not-found', status: 404 } });
    idle.cart.handlers['GET /api/cart'] = () => ({ body: { version: idle.cart.carts.versionOf(visitor.shopper), lines: (idle.cart.carts.get(visitor.shopper) ?? []).map(({ sku, quantity }) => ({ sku, quantity, name: 'The mug', price: { amount: 1, currency: 'GBP' } })) } });
    const [first, second] = await answering(idle.cart, 'GET /internal/carts/contents', () => none, async () => [await idle.place(visitor.headers, newKey()), await idle.place(visitor.headers, newKey())]);
    expect(await linesOf(idle, first.json().id)).toEqual([{ sku: 'mug', quantity: 2 }]);
    expect(codeOf(second)).toBe('already-ordered');
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
    const answer = await answering(idle.cart, 'GET /internal/carts/contents', old, () => idle.place(visitor.headers, newKey()));
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
