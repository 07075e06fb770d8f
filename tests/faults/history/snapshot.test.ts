import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@emall/runtime/testing';
import pg from 'pg';
import { unfinished } from './pending.ts';
import { sampleStock, type SnapshotSource, takeSnapshot } from './snapshot.ts';

const SOLD = '11111111-1111-8111-8111-111111111111';
const WAITING = '22222222-2222-8222-8222-222222222222';
const STRANGE = '33333333-3333-8333-8333-333333333333';

let cloned: TestDatabase;
let database: pg.Client;
let source: SnapshotSource;

beforeAll(async () => {
  cloned = await testDatabase('order');
  const url = new URL(process.env['EMALL_TEST_DATABASE'] ?? '');
  url.pathname = new URL(cloned.url).pathname;
  database = new pg.Client({ connectionString: url.href });
  await database.connect();
  source = { database, skus: ['HOT'], prefix: 's1' };
});

afterAll(async () => {
  await database.end();
  await cloned.drop();
});

const insertOrder = (id: string, state: string, email: string, more: { stock: string; method: string; sku: string; done: string | null }) =>
  database.query(
    `with placed as (
       insert into orders."order" (id, shopper, state, email, address, shipping_method, payment_method, currency, items, shipping, tax, total, link_hash, hold_until, stock, cart_cleared_at, confirmed_at)
       values ($1, 'buyer-' || $3, $2, $3, '{"name": "Ada", "line1": "1 Row"}', 'standard', $4, 'GBP', 1000, 395, 233, 1395, '', now(), $5, $7, $7) returning id)
     insert into orders.order_line (order_id, position, sku, name, options, price, quantity) select id, 1, $6, 'Jar', '{}', 500, 2 from placed`,
    [id, state, email, more.method, more.stock, more.sku, more.done],
  );

describe('a snapshot of a schedule', () => {
  it('is at rest in an empty shop', async () => {
    expect(await unfinished(source)).toEqual([]);
    expect(await takeSnapshot(source)).toMatchObject({ at: expect.closeTo(Date.now(), -5), orders: [], stock: [], keys: [], carts: [], jobs: [] });
  });

  it('holds what its shoppers and its SKUs left in every table, and nothing of others', async () => {
    await database.query(`
      insert into catalog.product (key, slug, name, currency, price_from, price_varies, variants, in_stock) values ('HOT', 'hot', 'Jar', 'GBP', 500, false, 1, true);
      insert into catalog.variant (sku, product_id, slug, name, currency, price) select 'HOT', id, 'hot', 'Jar', 'GBP', 500 from catalog.product;
      insert into catalog.stock (sku, on_hand, reserved) values ('HOT', 10, 2);
      insert into catalog.reservation (order_id, state, expires_at) values ('${SOLD}', 'held', now()), ('of-others', 'committed', now());
      insert into catalog.reservation_line (order_id, sku, quantity) values ('${SOLD}', 'HOT', 2), ('of-others', 'POT', 1);
      insert into cart.cart (shopper) values ('buyer'), ('other');
      insert into cart.cart_line (shopper, sku, quantity, name, price_amount, price_currency) values ('buyer', 'HOT', 3, 'Jar', 500, 'GBP'), ('other', 'HOT', 4, 'Jar', 500, 'GBP');
      insert into cart.cart_add (shopper, key, sku, quantity) values ('buyer', 's1-1-1', 'HOT', 3), ('other', 's11-1-1', 'HOT', 4);
      insert into orders.idempotency_key (shopper, key, fingerprint, holder, lease_until, status, body) values
        ('buyer', 's1-1-2', '', gen_random_uuid(), now(), 201, '{}'), ('buyer', 's1-1-3', '', gen_random_uuid(), now(), null, null)`);
    await insertOrder(SOLD, 'accepted', 's1.ada@example.com', { stock: 'held', method: 'on_delivery', sku: 'HOT', done: null });
    await insertOrder(WAITING, 'awaiting_payment', 's1.bob@example.com', { stock: 'held', method: 'card', sku: 'HOT', done: null });
    await insertOrder(STRANGE, 'cancelled', 's11.eve@example.com', { stock: 'released', method: 'card', sku: 'POT', done: null });
    await database.query(`
      insert into orders.payment (order_id, provider, state, session_id, amount, currency) values ('${WAITING}', 'stripe', 'open', 'cs_1', 1395, 'GBP');
      insert into orders.payment_event (id, type, order_id, payload) values ('evt_1', 'checkout.session.completed', '${WAITING}', '');
      select order_jobs.add_job('clear-cart', '{"orderId": "${SOLD}"}')`);

    const snapshot = await takeSnapshot(source);
    expect(snapshot).toMatchObject({
      stock: [{ sku: 'HOT', onHand: 10, reserved: 2, price: 500, currency: 'GBP' }],
      reservations: [{ order: SOLD, state: 'held', lines: [{ sku: 'HOT', quantity: 2 }] }],
      payments: [{ order: WAITING, state: 'open', session: 'cs_1', amount: 1395, currency: 'GBP', received: 0, refunded: 0, promised: 0 }],
      events: [{ id: 'evt_1', order: WAITING, processed: false, outcome: null }],
      carts: [{ buyer: 'buyer', lines: [{ sku: 'HOT', quantity: 3 }] }],
      adds: [{ buyer: 'buyer', key: 's1-1-1', sku: 'HOT', quantity: 3 }],
      jobs: [{ task: 'clear-cart', payload: { orderId: SOLD } }],
    });
    expect(snapshot.orders.map(({ id }) => id).sort()).toEqual([SOLD, WAITING]);
    expect(snapshot.orders.find(({ id }) => id === SOLD)).toMatchObject({
      buyer: 'buyer-s1.ada@example.com', state: 'accepted', name: 'Ada', line1: '1 Row', currency: 'GBP', total: 1395, cartClearedAt: null, lines: [{ sku: 'HOT', quantity: 2, price: 500 }],
    });
    expect(snapshot.keys.map(({ key, status, body, abandoned }) => [key, status, body, abandoned]).sort()).toEqual([['s1-1-2', 201, '{}', false], ['s1-1-3', null, null, false]]);
    expect(await sampleStock(source)).toMatchObject([{ sku: 'HOT', onHand: 10, reserved: 2 }]);
  });

  it('names everything that is still under way', async () => {
    const left = (await unfinished(source)).map(({ what }) => what);
    for (const what of [
      `order ${WAITING} awaits payment`,
      `order ${SOLD} is accepted and its stock held`,
      `order ${SOLD} is accepted and its cart not cleared`,
      `order ${SOLD} is accepted and not confirmed by mail`,
      `payment of order ${WAITING} is open`,
      `event evt_1 of order ${WAITING} is not processed`,
      'key s1-1-3 has no answer and is not abandoned',
      `hold of order ${SOLD} runs`,
      `job: clear-cart {"orderId": "${SOLD}"}`,
    ]) {
      expect(left.join('\n')).toContain(what);
    }
    expect(left).toHaveLength(9);
  });

  it('says from when each of it could have been done', async () => {
    const { rows: [clock] } = await database.query<{ now: number }>('select extract(epoch from now()) * 1000 as now');
    await database.query(`update orders."order" set hold_until = now() + interval '1 hour' where id = '${WAITING}'`);
    const since = new Map((await unfinished(source)).map((each) => [each.what, each.since]));
    const inAnHour = Number(clock?.now) + 3_600_000;
    for (const what of [`order ${WAITING} awaits payment`, `payment of order ${WAITING} is open`]) expect(since.get(what)).toBeCloseTo(inAnHour, -5);
    for (const what of [`order ${SOLD} is accepted and its stock held`, 'event evt_1', 'key s1-1-3', `hold of order ${SOLD} runs`, 'job: clear-cart']) {
      const [, known] = [...since].find(([text]) => text.startsWith(what)) ?? [];
      expect(known).toBeCloseTo(Number(clock?.now), -5);
    }
  });
});
