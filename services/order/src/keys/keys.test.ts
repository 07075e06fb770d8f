import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { insist, type UpstreamCall, type UpstreamHandler } from '@emall/runtime/testing';
import { sql } from 'kysely';
import { orderIdOf } from '../orders/identifiers.ts';
import { answering } from '../testing/neighbours.ts';
import { newKey, openShop, orderBody, type Shop, until } from '../testing/shop.ts';
import { fingerprint } from './fingerprint.ts';
import { createHoldOn } from './hold-on.ts';
import { claimKey } from './queries.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop({
    goods: [
      { sku: 'mug', price: 1250, stock: 1000 },
      { sku: 'last', price: 1250, stock: 3 },
    ],
  });
});
afterAll(() => shop.close());

const RESERVE = 'PUT /internal/reservations/*';
const PRICES = 'POST /internal/prices';
const place: Shop['place'] = (...order) => shop.place(...order);
const orders = (shopper: string) => shop.db.selectFrom('order').selectAll().where('shopper', '=', shopper).execute();
const leaseOf = async (key: string) => {
  const claim = await shop.db.selectFrom('idempotency_key').select('lease_until').where('key', '=', key).executeTakeFirst();
  return claim && new Date(claim.lease_until).getTime();
};

describe('an idempotency key', () => {
  it('is required, and is 8 to 255 visible characters', async () => {
    const { headers } = shop.shopper();
    for (const key of [undefined, '', 'short', 'with a space', 'x'.repeat(256)]) {
      const response = await place(headers, key);
      expect(response.statusCode).toBe(400);
      expect(response.json()).toMatchObject({ code: 'invalid-request', errors: [{ field: 'idempotency-key' }] });
    }
  });

  it('makes one order of 50 calls at once, all answered alike or told to wait', async () => {
    const { shopper, headers } = shop.shopper();
    const key = newKey();
    const responses = await Promise.all(Array.from({ length: 50 }, () => insist(() => place(headers, key))));
    const created = responses.filter(({ statusCode }) => statusCode === 201);
    const waiting = responses.filter(({ statusCode }) => statusCode === 409);
    expect(created.length + waiting.length).toBe(50);
    expect(created.length).toBeGreaterThan(0);
    expect(new Set(created.map(({ body }) => body)).size).toBe(1);
    for (const response of waiting) {
      expect(response.json().code).toBe('request-in-progress');
      expect(response.headers['retry-after']).toBe('1');
    }
    expect(await orders(shopper)).toHaveLength(1);
  });

  it('repeats the first answer byte for byte, whatever has happened to the cart since', async () => {
    const { shopper, headers } = shop.shopper();
    const key = newKey();
    const first = await place(headers, key);
    shop.cart.carts.set(shopper, []);
    const again = await place(headers, key);
    expect(again.rawPayload.equals(first.rawPayload)).toBe(true);
    expect([again.statusCode, again.headers['content-type']]).toEqual([201, first.headers['content-type']]);
    expect(await orders(shopper)).toHaveLength(1);
  });

  it('is refused with 422 for another payload, and changes nothing', async () => {
    const { shopper, headers } = shop.shopper();
    const key = newKey();
    await place(headers, key);
    const other = await place(headers, key, orderBody({ shippingMethod: 'express', expectedTotal: { amount: 3195, currency: 'GBP' } }));
    expect([other.statusCode, other.json().code]).toEqual([422, 'idempotency-key-reused']);
    expect(other.json().detail).toBe('This order was changed after it was sent. Load the page again and order once more.');
    expect(await orders(shopper)).toHaveLength(1);
  });

  it('does not mind the order in which members are written', async () => {
    const { headers } = shop.shopper();
    const key = newKey();
    const first = await place(headers, key);
    const again = await place(headers, key, Object.fromEntries(Object.entries(orderBody()).toReversed()));
    expect(again.body).toBe(first.body);
  });

  it('belongs to its shopper', async () => {
    const [ada, grace] = [shop.shopper(), shop.shopper()];
    const key = newKey();
    const [first, second] = [await place(ada.headers, key), await place(grace.headers, key)];
    expect([first.statusCode, second.statusCode]).toEqual([201, 201]);
    expect(first.json().id).not.toBe(second.json().id);
  });

  it('is not spent by a 503: the repeat does the work', async () => {
    const { shopper, headers } = shop.shopper();
    const key = newKey();
    const failed = await answering(shop.catalog, RESERVE, () => () => 'reset', () => place(headers, key));
    expect([failed.statusCode, failed.headers['retry-after']]).toEqual([503, '1']);
    expect(await orders(shopper)).toHaveLength(0);
    expect((await place(headers, key, orderBody({ email: 'grace@example.com' }))).json().code).toBe('idempotency-key-reused');
    expect((await place(headers, key)).statusCode).toBe(201);
  });

  it('whose holder died is taken over when its lease has lapsed, not before', async () => {
    const { shopper, headers } = shop.shopper();
    const key = newKey();
    const reserving = () => shop.catalog.calls.some(({ method, headers: sent }) => method === 'PUT' && String(sent['x-emall-identity']).startsWith(shopper));
    const abandoned = await answering(shop.catalog, RESERVE, () => () => 'hang', async () => {
      const answer = place(headers, key);
      await until(async () => reserving());
      return { answer };
    });
    expect((await place(headers, key)).json().code).toBe('request-in-progress');
    await shop.db.updateTable('idempotency_key').set({ lease_until: new Date(0) as never }).where('key', '=', key).execute();
    const taken = await place(headers, key);
    expect(taken.statusCode).toBe(201);
    await abandoned.answer;
    expect((await place(headers, key)).body).toBe(taken.body);
    expect(await orders(shopper)).toHaveLength(1);
  });
});

describe('the claim of a key', () => {
  it('of one that was killed is taken over within the time that a checkout has', async () => {
    const { shopper, headers } = shop.shopper();
    const key = newKey();
    // What a killed replica leaves behind: a claim that nobody renews.
    await claimKey(shop.db, shopper, key, fingerprint(orderBody()));
    expect((await place(headers, key)).json().code).toBe('request-in-progress');
    const { rows } = await sql<{ seconds: number }>`select extract(epoch from lease_until - created_at)::float8 as seconds from idempotency_key where key = ${key}`.execute(shop.db);
    // Counted from the statement's begin: a busy machine may pause in between.
    expect(rows[0]?.seconds).toBeGreaterThanOrEqual(2);
    expect(rows[0]?.seconds).toBeLessThan(3);
    await until(async () => (await place(headers, key)).statusCode === 201);
    expect(await orders(shopper)).toHaveLength(1);
  });

  it('of one that is slow is held on to for as long as it works', async () => {
    const { shopper, headers } = shop.shopper();
    const key = newKey();
    const { promise: goOn, resolve } = Promise.withResolvers<void>();
    const slow = (usual: UpstreamHandler) => async (call: UpstreamCall) => {
      await goOn;
      return await usual(call);
    };
    await answering(shop.catalog, PRICES, slow, async () => {
      const first = place(headers, key);
      const claimed = await until(async () => leaseOf(key));
      await until(async () => ((await leaseOf(key)) ?? 0) > claimed + 1000);
      expect((await place(headers, key)).json().code).toBe('request-in-progress');
      resolve();
      expect((await first).statusCode).toBe(201);
    });
    expect(await orders(shopper)).toHaveLength(1);
  });
});

describe('the renewing of a claim', () => {
  it('costs fewer statements than there are checkouts at work', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => claimKey(shop.db, crypto.randomUUID(), newKey(), fingerprint(orderBody()))));
    const claims = answers.filter((answer) => 'holder' in answer);
    const leases = await Promise.all(claims.map(async ({ key }) => (await leaseOf(key)) ?? 0));
    expect(claims).toHaveLength(30);
    let statements = 0;
    const counted = shop.db.withPlugin({
      transformQuery: ({ node }) => ((statements += 1), node),
      transformResult: async ({ result }) => result,
    });
    const letGo = claims.map(createHoldOn(counted));
    try {
      await until(async () => (await Promise.all(claims.map(async ({ key }, i) => ((await leaseOf(key)) ?? 0) > (leases[i] ?? 0)))).every(Boolean));
      expect(statements).toBeGreaterThan(0);
      expect(statements).toBeLessThan(30);
    } finally {
      for (const end of letGo) end();
    }
  });

  it.each([['an order', undefined, 201], ['a refusal', [], 409]] as const)('ends with %s', async (_what, lines, status) => {
    const began = jest.spyOn(globalThis, 'setInterval');
    const ended = jest.spyOn(globalThis, 'clearInterval');
    try {
      const { headers } = shop.shopper(lines && [...lines]);
      expect((await place(headers, newKey())).statusCode).toBe(status);
      const renewing = began.mock.results.filter((_, call) => began.mock.calls[call]?.[1] === 500).map(({ value }) => value as unknown);
      expect(renewing).toHaveLength(1);
      expect(ended.mock.calls.map(([timer]) => timer)).toContain(renewing[0]);
    } finally {
      began.mockRestore();
      ended.mockRestore();
    }
  });
});

describe('a holder that wakes up after its key was taken over', () => {
  /** The first call sleeps while it reserves; the second, which finds an empty cart, takes its key over and is refused. */
  async function overtake(visitor: { shopper: string; headers: Record<string, string> }, key: string, body: object, beforeWaking: () => Promise<unknown> = async () => undefined): Promise<{ first: Answer; second: Answer }> {
    const { promise: woken, resolve: wake } = Promise.withResolvers<void>();
    let asleep = false;
    const sleepy = (usual: UpstreamHandler) => async (call: UpstreamCall) => {
      asleep = true;
      await woken;
      return await usual(call);
    };
    return await answering(shop.catalog, RESERVE, sleepy, async () => {
      const first = place(visitor.headers, key, body);
      await until(async () => asleep);
      await shop.db.updateTable('idempotency_key').set({ lease_until: new Date(0) as never }).where('key', '=', key).execute();
      shop.cart.carts.set(visitor.shopper, []);
      const second = await place(visitor.headers, key, body);
      expect(second.json().code).toBe('cart-empty');
      await beforeWaking();
      wake();
      return { first: await first, second };
    });
  }
  type Answer = Awaited<ReturnType<typeof place>>;

  it.each(['card', 'on_delivery'])('stores nothing (%s), and answers as the other did', async (paymentMethod) => {
    const visitor = shop.shopper();
    const { first, second } = await overtake(visitor, newKey(), orderBody({ paymentMethod }));
    expect(first.body).toBe(second.body);
    expect(await orders(visitor.shopper)).toHaveLength(0);
  });

  it.each(['card', 'on_delivery'])('reserves nothing once the other was refused and has given back, and answers as the other did (%s)', async (paymentMethod) => {
    const visitor = shop.shopper([{ sku: 'last', quantity: 1 }]);
    const key = newKey();
    const body = orderBody({ paymentMethod, expectedTotal: { amount: 1645, currency: 'GBP' } });
    const release = `/internal/reservations/${orderIdOf(visitor.shopper, key)}/release`;
    const { first, second } = await overtake(visitor, key, body, () => until(async () => shop.catalog.calls.some(({ url }) => url === release)));
    expect(first.body).toBe(second.body);
    expect(shop.catalog.stockOf('last')).toBe(3);
  });
});
