import { createDatabase, silentLog } from '@emall/runtime';
import { asShopper, rowsWalked } from '@emall/runtime/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { reconcile } from './jobs/reconcile.ts';
import { newKey, openShop, orderBody, type Shop, until } from './testing/shop.ts';

const ORDERS = 100_000;
let shop: Shop;
let worker: ReturnType<Shop['startJobs']> | undefined;

beforeAll(async () => {
  shop = await openShop({ jobs: false });
  const owner = createDatabase<unknown>({ url: shop.database.ownerUrl, name: 'owner', max: 1, statementTimeoutMs: 60_000, log: silentLog });
  // One statement: reading what was written would walk through it.
  await sql`
    with placed as (
      insert into "order" (id, shopper, cart_version, state, email, address, shipping_method, payment_method, currency, items, shipping, tax, total, link_hash, stock, cart_cleared_at, confirmed_at)
      select gen_random_uuid(), 'shopper-' || n, 'old', 'paid', 'ada@example.com', '{"name":"Ada","line1":"1","city":"London","postcode":"SW1Y 4JH","country":"GB"}', 'standard', 'card', 'GBP',
        2500, 395, 483, 2895, '\\x00', 'committed', now(), now()
      from generate_series(1, ${ORDERS}::int) n
      returning id, shopper
    ), lined as (
      insert into order_line (order_id, position, sku, name, options, price, quantity) select id, 0, 'mug', 'The mug', '{}', 1250, 2 from placed
    ), paid as (
      insert into payment (order_id, provider, state, session_id, intent_id, amount, currency, received) select id, 'stripe', 'paid', 'cs_' || shopper, 'pi_' || shopper, 2895, 'GBP', 2895 from placed
    ), told as (
      insert into payment_event (id, type, order_id, payload, processed_at, outcome) select 'evt_' || shopper, 'checkout.session.completed', id, '\\x00', now(), 'applied' from placed
    )
    insert into idempotency_key (shopper, key, fingerprint, holder, lease_until, status, content_type, body, answered_at)
    select shopper, 'key-of-before', '\\x00', gen_random_uuid(), now(), 201, 'application/json', '{}', now() from placed`.execute(owner);
  await sql`analyze "order", order_line, payment, payment_event, idempotency_key`.execute(owner);
  await owner.destroy();
}, 120_000);
afterAll(async () => {
  await worker?.stop();
  await shop.close();
});

async function buy({ shopper, headers }: { shopper: string; headers: Record<string, string> }) {
  const ask = (url: string, method: 'GET' | 'POST' = 'GET', body?: object) => shop.app.inject({ method, url, headers, ...(body && { payload: body }) });
  const fill = () => shop.cart.carts.set(shopper, [{ sku: 'mug', quantity: 2 }]);
  const order = async (key: string, paymentMethod: 'card' | 'on_delivery') => {
    const answer = await shop.place(headers, key, orderBody({ paymentMethod }));
    expect(answer.statusCode).toBe(201);
    return answer.json() as { id: string; payment: { url: string } };
  };
  fill();
  const { address, shippingMethod } = orderBody();
  expect((await ask('/api/orders/quote', 'POST', { address, shippingMethod })).statusCode).toBe(200);
  const key = newKey();
  const { id } = await order(key, 'on_delivery');
  expect((await order(key, 'on_delivery')).id).toBe(id);
  await until(async () => shop.cart.carts.get(shopper)?.length === 0);
  fill();
  const given = await order(newKey(), 'card');
  expect((await ask(`/api/orders/${given.id}/cancel`, 'POST')).statusCode).toBe(200);
  const paid = await order(newKey(), 'card');
  await shop.pay(paid.payment.url);
  await until(async () => (await ask(`/api/orders/${paid.id}`)).json().state === 'paid');
  expect((await ask('/api/orders')).json().items.length).toBeGreaterThanOrEqual(3);
}

describe(`among ${ORDERS} orders`, () => {
  it('nothing that a shopper, the provider or a job does walks through a whole table', async () => {
    worker = shop.startJobs();
    for (const visitor of [shop.shopper(), asShopper('shopper-77')]) await buy(visitor);
    const open = async () => (await sql<{ n: number }>`select count(*)::int as n from order_jobs.jobs where attempts = 0 and run_at <= now()`.execute(shop.db)).rows[0]?.n;
    await until(async () => (await open()) === 0);
    await reconcile(shop.db);
    await worker.stop();
    worker = undefined;
    await shop.db.destroy();
    const walked = await rowsWalked(shop.database.ownerUrl);
    expect(Object.keys(walked)).toEqual(expect.arrayContaining(['order', 'order_line', 'payment', 'payment_event', 'idempotency_key', 'refund']));
    expect(Object.entries(walked).filter(([, rows]) => rows >= ORDERS)).toEqual([]);
  });
});
