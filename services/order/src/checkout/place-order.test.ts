import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asShopper, countStatements, type UpstreamCall, type UpstreamHandler } from '@emall/runtime/testing';
import { sql } from 'kysely';
import pg from 'pg';
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

const place: Shop['place'] = (...order) => shop.place(...order);
const RESERVE = 'PUT /internal/reservations/*';
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

  it('costs two SQL statements of its own, and three of cart and catalog', async () => {
    const { headers } = shop.shopper();
    const { response, statements } = await countStatements(shop.app, () => place(headers, newKey()));
    expect(response.statusCode).toBe(201);
    expect(statements).toBeLessThanOrEqual(2);
  });

  it('sells the stock and takes what was ordered out of the cart, and nothing else', async () => {
    const { shopper, headers } = shop.shopper([{ sku: 'mug', quantity: 2 }]);
    const { id } = (await place(headers, newKey())).json();
    shop.cart.carts.set(shopper, [{ sku: 'mug', quantity: 2 }, { sku: 'dear', quantity: 1 }]);
    await until(async () => shop.catalog.reservations.get(id)?.state === 'committed');
    await until(async () => shop.cart.carts.get(shopper)?.length === 1);
    expect(shop.cart.carts.get(shopper)).toEqual([{ sku: 'dear', quantity: 1 }]);
    await until(async () => (await orders(shopper))[0]?.stock === 'committed');
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

  it('answers the same when it sold out between the price list and the shelf', async () => {
    const { shopper, headers } = shop.shopper([{ sku: 'last', quantity: 4 }]);
    const plenty = (usual: UpstreamHandler) => async (call: UpstreamCall) => {
      const answer = (await usual(call)) as { body: { lines: object[] } };
      return { body: { ...answer.body, lines: answer.body.lines.map((line) => Object.assign(line, { available: 99 })) } };
    };
    const body = orderBody({ expectedTotal: { amount: 5000, currency: 'GBP' } });
    const response = await answering(shop.catalog, 'POST /internal/prices', plenty, () => place(headers, newKey(), body));
    expect(response.json()).toMatchObject({ status: 409, code: 'out-of-stock', lines: [{ sku: 'last', available: 3 }] });
    expect(shop.catalog.calls.filter(({ method, headers: sent }) => method === 'PUT' && String(sent['x-emall-identity']).startsWith(shopper))).toHaveLength(1);
  });

  it('asks for no stock that the price list says is not there', async () => {
    const { shopper, headers } = shop.shopper([{ sku: 'last', quantity: 4 }]);
    await place(headers, newKey(), orderBody({ expectedTotal: { amount: 5000, currency: 'GBP' } }));
    expect(shop.catalog.calls.filter(({ method, headers: sent }) => method === 'PUT' && String(sent['x-emall-identity']).startsWith(shopper))).toHaveLength(0);
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
  it.each(['price', 'total', 'discount', 'currency', 'status', 'state', 'paid', 'shopper', 'userId', 'role', 'createdAt', 'lines', 'cartVersion', '__proto__'])('with the member %s is refused', async (member) => {
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

describe('an address', () => {
  it.each([
    ['a card number', { line1: 'Flat 4242 4242 4242 4242' }],
    ['a control character', { line1: 'Flat 4\u001b[2J' }],
  ])('that holds %s is refused before the key is claimed', async (_what, over) => {
    const { shopper, headers } = shop.shopper();
    const body = orderBody();
    const response = await place(headers, newKey(), { ...body, address: { ...body.address, ...over } });
    expect(response.json()).toMatchObject({ status: 400, errors: [{ field: 'address.line1' }] });
    expect(await shop.db.selectFrom('idempotency_key').select('key').where('shopper', '=', shopper).execute()).toEqual([]);
  });
});

describe('an order on delivery', () => {
  let quiet: Shop;
  beforeAll(async () => {
    // With one connection, whoever held it would be seen by everybody else; without jobs, only the checkout writes.
    quiet = await openShop({ jobs: false, connections: 1 });
  });
  afterAll(() => quiet.close());

  it('waits for the disk once, when it is stored, and so with the reservation of catalog twice in three transactions', async () => {
    // As outside of tests, whose server does not flush: said to the only connection.
    await sql`set synchronous_commit = on`.execute(quiet.db);
    const commits = await recordCommits(quiet.database.ownerUrl, async () => {
      const { headers } = quiet.shopper();
      expect((await quiet.place(headers, newKey())).statusCode).toBe(201);
    });
    expect(commits.filter(({ wrote }) => wrote.includes('order'))).toEqual([{ flushed: true, wrote: ['_private_jobs', 'idempotency_key', 'order', 'order_line'] }]);
    // The claim, and on a slow day its renewals.
    const claims = commits.filter(({ wrote }) => !wrote.includes('order'));
    expect(claims).not.toEqual([]);
    for (const claim of claims) expect(claim).toEqual({ flushed: false, wrote: ['idempotency_key'] });
  });

  it.each([
    ['cart shows what is in it', 'GET /internal/carts/contents'],
    ['catalog tells the prices', 'POST /internal/prices'],
    ['catalog reserves', RESERVE],
  ])('holds no database connection while it waits until %s', async (_what, route) => {
    const { headers } = quiet.shopper();
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
    const silent = () => () => (ask(), 'hang' as const);
    await answering(route.includes('cart') ? quiet.cart : quiet.catalog, route, silent, async () => {
      let ended = false;
      const outcome = quiet.place(headers, newKey()).finally(() => (ended = true));
      await asked;
      const others = await quiet.app.inject({ url: '/api/orders', headers: asShopper().headers });
      expect([others.statusCode, ended]).toEqual([200, false]);
      expect((await outcome).statusCode).toBe(503);
    });
  });
});

interface Commit {
  /** Whether it waited for the disk. */
  flushed: boolean;
  wrote: string[];
}

/** The transactions that write something of the service meanwhile, as each is at the moment of its commit. */
async function recordCommits(ownerUrl: string, during: () => Promise<void>): Promise<Commit[]> {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    await owner.query(`
      create table seen_commit (xid text, setting text, wrote text);
      create function see_commit() returns trigger language plpgsql security definer set search_path from current as $$
      begin
        insert into seen_commit values (pg_current_xact_id()::text, current_setting('synchronous_commit'), tg_table_name);
        return null;
      end $$;
      do $$ declare seen regclass; begin
        for seen in select oid from pg_class where relkind = 'r' and relname <> 'seen_commit'
          and (relnamespace = 'orders'::regnamespace or oid = 'order_jobs._private_jobs'::regclass) loop
          execute format('create constraint trigger see_commit after insert or update or delete on %s deferrable initially deferred for each row execute function see_commit()', seen);
        end loop;
      end $$`);
    await during();
    const { rows } = await owner.query<Commit>(`
      select setting <> 'off' as flushed, array_agg(distinct wrote order by wrote) as wrote from seen_commit group by xid, setting order by min(xid::bigint)`);
    return rows;
  } finally {
    await owner.query('drop function if exists see_commit cascade; drop table if exists seen_commit');
    await owner.end();
  }
}

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
