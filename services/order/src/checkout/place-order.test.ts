import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { asShopper, countStatements, insist, type UpstreamCall, type UpstreamHandler } from '@emall/runtime/testing';
import { sql } from 'kysely';
import { fingerprint } from '../keys/fingerprint.ts';
import { createHoldOn } from '../keys/hold-on.ts';
import { claimKey } from '../keys/queries.ts';
import { orderIdOf } from '../orders/identifiers.ts';
import { answering } from '../testing/neighbours.ts';
import { newKey, openShop, orderBody, PUBLIC_URL, type Shop, until } from '../testing/shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop({
    goods: [
      { sku: 'mug', price: 1250, stock: 1000 },
      { sku: 'last', price: 1250, stock: 3 },
      { sku: 'dear', price: 1, stock: 10 },
    ],
  });
});
afterAll(() => shop.close());

function place(headers: Record<string, string>, key: string | undefined, body: object = orderBody()) {
  return shop.app.inject({ method: 'POST', url: '/api/orders', headers: { ...headers, ...(key !== undefined && { 'idempotency-key': key }) }, body });
}

const RESERVE = 'PUT /internal/reservations/*';
const PRICES = 'POST /internal/prices';
const leaseOf = async (key: string) => {
  const claim = await shop.db.selectFrom('idempotency_key').select('lease_until').where('key', '=', key).executeTakeFirst();
  return claim && new Date(claim.lease_until).getTime();
};
const orders = (shopper: string) => shop.db.selectFrom('order').selectAll().where('shopper', '=', shopper).execute();

describe('POST /api/orders, paid on delivery', () => {
  it('accepts the order, keeps it with its lines and totals, and gives a private link', async () => {
    const { shopper, headers } = shop.shopper();
    const response = await place(headers, newKey());
    expect(response.statusCode).toBe(201);
    const body = response.json();
    expect(body).toMatchObject({ state: 'accepted', total: { amount: 2895, currency: 'GBP' }, payment: { method: 'on_delivery' } });
    expect(body.number).toMatch(/^EM-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    expect(body.link).toMatch(new RegExp(`^${PUBLIC_URL}/orders/${body.id}\\?key=[\\w-]{32}$`));
    const [order] = await orders(shopper);
    expect(order).toMatchObject({ id: body.id, items: 2500, shipping: 395, tax: 483, total: 2895 });
    expect(order?.address).toMatchObject({ postcode: 'SW1Y 4JH', city: 'London' });
    const lines = await shop.db.selectFrom('order_line').selectAll().where('order_id', '=', body.id).execute();
    expect(lines).toMatchObject([{ sku: 'mug', name: 'The mug', price: 1250, quantity: 2, options: { size: 'M' }, picture: { name: '2615', alt: 'A mug', recolour: 'Blue' }, tint: 210 }]);
  });

  it('costs six SQL statements of its own, with the four of cart and catalog the ten it may cost', async () => {
    const { headers } = shop.shopper();
    const { response, statements } = await countStatements(shop.app, () => place(headers, newKey()));
    expect(response.statusCode).toBe(201);
    expect(statements).toBeLessThanOrEqual(6);
  });

  it('sells the stock and takes what was ordered out of the cart, and nothing else', async () => {
    const { shopper, headers } = shop.shopper([{ sku: 'mug', quantity: 2 }]);
    const { id } = (await place(headers, newKey())).json();
    shop.cart.carts.get(shopper)?.push({ sku: 'dear', quantity: 1 });
    await until(async () => shop.catalog.reservations.get(id)?.state === 'committed');
    await until(async () => shop.cart.carts.get(shopper)?.length === 1);
    expect(shop.cart.carts.get(shopper)).toEqual([{ sku: 'dear', quantity: 1 }]);
    await until(async () => (await orders(shopper))[0]?.stock === 'committed');
  });
});

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
  it.each(['card', 'on_delivery'])('stores nothing (%s), and answers as the other did', async (paymentMethod) => {
    const { shopper, headers } = shop.shopper();
    const key = newKey();
    const body = orderBody({ paymentMethod });
    const { promise: refused, resolve } = Promise.withResolvers<void>();
    let asleep = false;
    const sleepy = (usual: UpstreamHandler) => async (call: UpstreamCall) => {
      asleep = true;
      await refused;
      return await usual(call);
    };
    await answering(shop.catalog, RESERVE, sleepy, async () => {
      const first = place(headers, key, body);
      await until(async () => asleep);
      await shop.db.updateTable('idempotency_key').set({ lease_until: new Date(0) as never }).where('key', '=', key).execute();
      shop.cart.carts.set(shopper, []);
      const second = await place(headers, key, body);
      expect(second.json().code).toBe('cart-empty');
      resolve();
      expect((await first).body).toBe(second.body);
    });
    expect(await orders(shopper)).toHaveLength(0);
  });

  it.each(['card', 'on_delivery'])('gives back what it reserved after the other had refused and given back (%s)', async (paymentMethod) => {
    const { shopper, headers } = shop.shopper([{ sku: 'last', quantity: 1 }]);
    const key = newKey();
    const body = orderBody({ paymentMethod, expectedTotal: { amount: 1645, currency: 'GBP' } });
    const { promise: givenBack, resolve } = Promise.withResolvers<void>();
    let asleep = false;
    const sleepy = (usual: UpstreamHandler) => async (call: UpstreamCall) => {
      asleep = true;
      await givenBack;
      return await usual(call);
    };
    await answering(shop.catalog, RESERVE, sleepy, async () => {
      const first = place(headers, key, body);
      await until(async () => asleep);
      await shop.db.updateTable('idempotency_key').set({ lease_until: new Date(0) as never }).where('key', '=', key).execute();
      shop.cart.carts.set(shopper, []);
      expect((await place(headers, key, body)).json().code).toBe('cart-empty');
      const release = `/internal/reservations/${orderIdOf(shopper, key)}/release`;
      await until(async () => shop.catalog.calls.some(({ url }) => url === release));
      resolve();
      expect((await first).json().code).toBe('cart-empty');
    });
    await until(async () => shop.catalog.stockOf('last') === 3);
  });
});

describe('what is final for its key', () => {
  it('answers 409 cart-empty', async () => {
    const { headers } = shop.shopper([]);
    const response = await place(headers, newKey());
    expect([response.statusCode, response.json().code]).toEqual([409, 'cart-empty']);
  });

  it('answers 409 total-changed with the new quote, and keeps to it', async () => {
    const { shopper, headers } = shop.shopper();
    const key = newKey();
    const response = await place(headers, key, orderBody({ expectedTotal: { amount: 1, currency: 'GBP' } }));
    expect(response.statusCode).toBe(409);
    expect(response.json()).toMatchObject({ code: 'total-changed', quote: { total: { amount: 2895, currency: 'GBP' }, shipping: { amount: 395 } } });
    shop.cart.carts.set(shopper, [{ sku: 'mug', quantity: 1 }]);
    expect((await place(headers, key, orderBody({ expectedTotal: { amount: 1, currency: 'GBP' } }))).body).toBe(response.body);
    expect(await orders(shopper)).toHaveLength(0);
  });

  it('answers 409 out-of-stock with the lines, and holds nothing', async () => {
    const { headers } = shop.shopper([{ sku: 'last', quantity: 4 }]);
    const response = await place(headers, newKey(), orderBody({ expectedTotal: { amount: 5000, currency: 'GBP' } }));
    expect(response.json()).toMatchObject({ status: 409, code: 'out-of-stock', lines: [{ sku: 'last', available: 3 }] });
    expect(shop.catalog.stockOf('last')).toBe(3);
  });

  it('answers 409 out-of-stock for what is no longer sold', async () => {
    const { headers } = shop.shopper([{ sku: 'gone', quantity: 1 }]);
    expect((await place(headers, newKey())).json()).toMatchObject({ code: 'out-of-stock', lines: [{ sku: 'gone', available: 0 }] });
  });

  it('gives back what an earlier run had reserved', async () => {
    const { shopper, headers } = shop.shopper([{ sku: 'last', quantity: 1 }]);
    const key = newKey();
    const body = orderBody({ expectedTotal: { amount: 1645, currency: 'GBP' } });
    const reserveAndDie = (usual: UpstreamHandler) => async (call: UpstreamCall): Promise<'reset'> => {
      await usual(call);
      return 'reset';
    };
    const failed = await answering(shop.catalog, RESERVE, reserveAndDie, () => place(headers, key, body));
    expect(failed.statusCode).toBe(503);
    expect(shop.catalog.stockOf('last')).toBe(2);
    shop.cart.carts.set(shopper, [{ sku: 'mug', quantity: 1 }]);
    const response = await place(headers, key, body);
    expect([response.statusCode, response.json().code]).toEqual([409, 'cart-changed']);
    await until(async () => shop.catalog.stockOf('last') === 3);
  });
});

describe('a tampered order', () => {
  it.each(['price', 'total', 'discount', 'currency', 'status', 'paid', 'shopper', 'lines', '__proto__'])('with the member %s is refused', async (member) => {
    const { shopper, headers } = shop.shopper();
    const body = JSON.stringify(orderBody()).replace('{', `{"${member}":1,`);
    const response = await shop.app.inject({
      method: 'POST',
      url: '/api/orders',
      headers: { ...headers, 'idempotency-key': newKey(), 'content-type': 'application/json' },
      body,
    });
    expect(response.statusCode).toBe(400);
    expect(await orders(shopper)).toHaveLength(0);
  });

  it('needs a shopper', async () => {
    expect((await place({}, newKey())).statusCode).toBe(401);
    expect((await place(asShopper().headers, newKey())).json().code).toBe('cart-empty');
  });
});

describe('POST /api/orders/quote', () => {
  const quote = (headers: Record<string, string>, body: object) => shop.app.inject({ method: 'POST', url: '/api/orders/quote', headers, body });

  it('tells lines, shipping, tax and total before the address is complete', async () => {
    const { headers } = shop.shopper([{ sku: 'mug', quantity: 4 }]);
    const response = await quote(headers, { address: { country: 'GB' }, shippingMethod: 'standard' });
    expect(response.statusCode).toBe(200);
    expect(response.json()).toEqual({
      lines: [{ sku: 'mug', name: 'The mug', options: { size: 'M' }, picture: { name: '2615', alt: 'A mug', recolour: 'Blue' }, tint: 210, quantity: 4, available: 99, price: { amount: 1250, currency: 'GBP' }, total: { amount: 5000, currency: 'GBP' } }],
      items: { amount: 5000, currency: 'GBP' },
      shipping: { amount: 0, currency: 'GBP' },
      tax: { amount: 833, currency: 'GBP' },
      total: { amount: 5000, currency: 'GBP' },
    });
  });

  it('says which field is wrong', async () => {
    const { headers } = shop.shopper();
    const response = await quote(headers, { address: { country: 'GB', postcode: 'NOPE' }, shippingMethod: 'standard' });
    expect(response.json()).toMatchObject({ status: 400, errors: [{ field: 'address.postcode' }] });
  });
});
