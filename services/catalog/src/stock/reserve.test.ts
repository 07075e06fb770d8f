import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { asShopper, countStatements, insist } from '@emall/runtime/testing';
import { type OpenCatalog, openCatalog } from '../testing.ts';
import { sweepLapsed } from './sweep.ts';

let catalog: OpenCatalog;
let orders = 0;
const nextOrder = () => `order-${(orders += 1)}`;

beforeAll(async () => {
  catalog = await openCatalog();
});
afterAll(() => catalog.close());

beforeEach(async () => {
  await sql`delete from reservation`.execute(catalog.checkoutDb);
  await sql`delete from stock`.execute(catalog.checkoutDb);
  await catalog.sell({ key: 'A' }, { key: 'B' }, { key: 'C', variants: [{ sku: 'C', stock: 1 }] });
  await sql`delete from stock_turn`.execute(catalog.checkoutDb);
});

const reserve = (orderId: string, lines: Record<string, number>, holdSeconds = 60) =>
  insist(() => catalog.order('PUT', `/internal/reservations/${orderId}`, { lines: Object.entries(lines).map(([sku, quantity]) => ({ sku, quantity })), holdSeconds }));
const settle = (orderId: string, what: 'commit' | 'release') => catalog.order('POST', `/internal/reservations/${orderId}/${what}`);

async function stock() {
  const { rows } = await sql<{ sku: string; on_hand: number; reserved: number }>`select sku, on_hand, reserved from stock order by sku`.execute(catalog.checkoutDb);
  return Object.fromEntries(rows.map(({ sku, on_hand, reserved }) => [sku, [on_hand, reserved]]));
}

/** Lets the holds of these orders lapse, as the clock of the database would. */
const lapse = (...ids: string[]) =>
  sql`update reservation set expires_at = clock_timestamp() - interval '1 second' where order_id = any(${ids}::text[])`.execute(catalog.checkoutDb);

describe('PUT /internal/reservations/{orderId}', () => {
  it('holds all lines in one statement', async () => {
    const order = nextOrder();
    const { response, statements } = await countStatements(catalog.app, () => reserve(order, { B: 2, A: 3 }));
    expect(response.statusCode).toBe(200);
    expect(response.json()).toMatchObject({ orderId: order, state: 'held' });
    expect(Date.parse(response.json().expiresAt) - Date.now()).toBeGreaterThan(50_000);
    expect(statements).toBe(1);
    expect(await stock()).toEqual({ A: [10, 3], B: [10, 2], C: [1, 0] });
  });

  it('holds nothing when one line is short, and says which', async () => {
    const response = await reserve(nextOrder(), { A: 3, C: 2, gone: 1 });
    expect(response.statusCode).toBe(409);
    expect(response.json()).toMatchObject({ code: 'out-of-stock', lines: [{ sku: 'C', available: 1 }, { sku: 'gone', available: 0 }] });
    expect(await stock()).toEqual({ A: [10, 0], B: [10, 0], C: [1, 0] });
    const { rows } = await sql`select from reservation`.execute(catalog.checkoutDb);
    expect(rows).toHaveLength(0);
  });

  it('holds once when it is asked again, for as long as the longer call asks', async () => {
    const order = nextOrder();
    const expiry = async (holdSeconds: number) => Date.parse((await reserve(order, { B: 1, A: 3 }, holdSeconds)).json().expiresAt);
    const first = await expiry(60);
    expect(await expiry(10)).toBe(first);
    expect(await expiry(900)).toBeGreaterThan(first + 800_000);
    expect((await stock())['A']).toEqual([10, 3]);
  });

  it('answers twenty copies of one call at once alike, and holds once', async () => {
    const order = nextOrder();
    const answers = await Promise.all(Array.from({ length: 20 }, () => reserve(order, { A: 2, C: 1 })));
    for (const answer of answers) expect([answer.statusCode, answer.json()]).toMatchObject([200, { orderId: order, state: 'held' }]);
    expect(await stock()).toEqual({ A: [10, 2], B: [10, 0], C: [1, 1] });
  });

  it.each([[{ A: 4 }], [{ A: 3, B: 1 }], [{ B: 3 }]])('refuses other lines for the same order: %j', async (lines) => {
    const order = nextOrder();
    await reserve(order, { A: 3 });
    const response = await reserve(order, lines as Record<string, number>);
    expect(response.statusCode).toBe(409);
    expect(response.json().code).toBe('reservation-mismatch');
    expect(await stock()).toMatchObject({ A: [10, 3], B: [10, 0] });
  });

  it('lets an order whose hold was released hold again, other lines too', async () => {
    const order = nextOrder();
    await reserve(order, { A: 3, B: 1 });
    await catalog.order('POST', `/internal/reservations/${order}/release?attempt=1`);
    const again = { lines: [{ sku: 'B', quantity: 2 }, { sku: 'C', quantity: 1 }], holdSeconds: 60, attempt: 2 };
    expect((await catalog.order('PUT', `/internal/reservations/${order}`, again)).statusCode).toBe(200);
    expect(await stock()).toEqual({ A: [10, 0], B: [10, 2], C: [1, 1] });
    await settle(order, 'release');
    expect(await stock()).toEqual({ A: [10, 0], B: [10, 0], C: [1, 0] });
  });

  it('never says sold out while a lapsed hold waits to be swept', async () => {
    const [late, next] = [nextOrder(), nextOrder()];
    await reserve(late, { C: 1 });
    expect((await reserve(next, { C: 1 })).statusCode).toBe(409);
    await lapse(late);
    expect((await reserve(next, { C: 1 })).statusCode).toBe(200);
    expect((await stock())['C']).toEqual([1, 1]);
  });

  it('renews a hold that has lapsed', async () => {
    const order = nextOrder();
    await reserve(order, { C: 1 });
    await lapse(order);
    const response = await reserve(order, { C: 1 });
    expect(response.statusCode).toBe(200);
    expect(Date.parse(response.json().expiresAt)).toBeGreaterThan(Date.now());
    expect((await stock())['C']).toEqual([1, 1]);
  });

  it('sells the last ten units to ten of fifty who ask at once', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => reserve(nextOrder(), { A: 1 })));
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(10);
    expect(answers.filter(({ statusCode }) => statusCode === 409)).toHaveLength(40);
    expect((await stock())['A']).toEqual([10, 10]);
  });

  it('3.1 Deadlock / serialisation: lets 200 orders take the same goods in opposite order without a deadlock', async () => {
    await sql`update stock set on_hand = 1000`.execute(catalog.checkoutDb);
    const there = ['A', 'B', 'C'].map((sku) => ({ sku, quantity: 1 }));
    const lines = [there, there.toReversed()];
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, lane) => {
        const statuses: number[] = [];
        for (let i = 0; i < 10; i += 1) {
          const order = nextOrder();
          const { statusCode } = await catalog.order('PUT', `/internal/reservations/${order}`, { lines: lines[lane % 2], holdSeconds: 60 });
          statuses.push(statusCode);
        }
        return statuses;
      }),
    );
    expect(new Set(answers.flat())).toEqual(new Set([200]));
    expect(await stock()).toEqual({ A: [1000, 200], B: [1000, 200], C: [1000, 200] });
  });

  it('keeps the books through a storm of holds, commits, releases and sweeps', async () => {
    await sql`update stock set on_hand = 20`.execute(catalog.checkoutDb);
    const ids = Array.from({ length: 60 }, nextOrder);
    await Promise.all(ids.map(async (order, i) => {
      const held = await reserve(order, i % 2 ? { A: 1, B: 1 } : { B: 1, C: 1, A: 1 });
      if (held.statusCode !== 200) return;
      if (i % 5 === 0) await lapse(order);
      if (i % 5 === 1) await Promise.all([settle(order, 'commit'), settle(order, 'commit')]);
      if (i % 5 === 2) await Promise.all([settle(order, 'release'), sweepLapsed(catalog.checkoutDb)]);
    }));
    while ((await sweepLapsed(catalog.checkoutDb)) > 0);
    const { rows } = await sql<{ sku: string; sold: number; held: number }>`
      select l.sku, coalesce(sum(quantity) filter (where state = 'committed'), 0)::int as sold, coalesce(sum(quantity) filter (where state = 'held'), 0)::int as held
      from reservation_line l join reservation using (order_id) group by 1`.execute(catalog.checkoutDb);
    const books = Object.fromEntries(rows.map(({ sku, sold, held }) => [sku, [20 - sold, held]]));
    expect(await stock()).toEqual(books);
  });

  it.each([
    ['no lines', { lines: [], holdSeconds: 60 }, 'lines'],
    ['a fraction', { lines: [{ sku: 'A', quantity: 1.5 }], holdSeconds: 60 }, 'lines.0.quantity'],
    ['nothing of it', { lines: [{ sku: 'A', quantity: 0 }], holdSeconds: 60 }, 'lines.0.quantity'],
    ['less than nothing', { lines: [{ sku: 'A', quantity: -1 }], holdSeconds: 60 }, 'lines.0.quantity'],
    ['too many', { lines: [{ sku: 'A', quantity: 2_147_483_648 }], holdSeconds: 60 }, 'lines.0.quantity'],
    ['text', { lines: [{ sku: 'A', quantity: '3' }], holdSeconds: 60 }, 'lines.0.quantity'],
    ['null', { lines: [{ sku: 'A', quantity: null }], holdSeconds: 60 }, 'lines.0.quantity'],
    ['a price', { lines: [{ sku: 'A', quantity: 1, price: 1 }], holdSeconds: 60 }, 'lines.0.price'],
    ['a SKU twice', { lines: [{ sku: 'A', quantity: 1 }, { sku: 'A', quantity: 2 }], holdSeconds: 60 }, 'lines.1.sku'],
    ['an impossible SKU', { lines: [{ sku: 'A B', quantity: 1 }], holdSeconds: 60 }, 'lines.0.sku'],
    ['no time', { lines: [{ sku: 'A', quantity: 1 }] }, 'holdSeconds'],
    ['for ever', { lines: [{ sku: 'A', quantity: 1 }], holdSeconds: 1e9 }, 'holdSeconds'],
  ])('refuses %s with the field and the reason', async (_what, payload, field) => {
    const response = await catalog.order('PUT', `/internal/reservations/${nextOrder()}`, payload);
    expect(response.statusCode).toBe(400);
    expect(response.json().errors[0].field).toBe(field);
    expect((await stock())['A']).toEqual([10, 0]);
  });

  it('answers nobody but the order service', async () => {
    const call = (headers: Record<string, string>) => catalog.app.inject({ method: 'PUT', url: '/internal/reservations/x', headers, payload: { lines: [{ sku: 'A', quantity: 1 }], holdSeconds: 60 } });
    expect((await call({})).statusCode).toBe(401);
    expect((await call({ 'x-emall-identity': 'x.order.1.x' })).statusCode).toBe(401);
    expect((await call(asShopper().headers)).statusCode).toBe(403);
  });
});

describe('POST /internal/reservations/{orderId}/commit', () => {
  it('takes the units off the shelf for good, once, in one statement', async () => {
    const order = nextOrder();
    await reserve(order, { A: 3, B: 1 });
    const { response, statements } = await countStatements(catalog.app, () => settle(order, 'commit'));
    expect(response.json()).toEqual({ orderId: order, state: 'committed' });
    expect(statements).toBe(1);
    expect((await settle(order, 'commit')).statusCode).toBe(200);
    expect(await stock()).toEqual({ A: [7, 0], B: [9, 0], C: [1, 0] });
  });

  it('takes a lapsed hold up again while the units are there', async () => {
    const order = nextOrder();
    await reserve(order, { A: 3 });
    await lapse(order);
    await sweepLapsed(catalog.checkoutDb);
    expect((await stock())['A']).toEqual([10, 0]);
    expect((await settle(order, 'commit')).statusCode).toBe(200);
    expect((await stock())['A']).toEqual([7, 0]);
  });

  it('says so when the units of a lapsed hold are gone, and takes nothing', async () => {
    const [late, quick] = [nextOrder(), nextOrder()];
    await reserve(late, { A: 1, C: 1 });
    await lapse(late);
    expect((await reserve(quick, { C: 1 })).statusCode).toBe(200);
    const response = await settle(late, 'commit');
    expect(response.statusCode).toBe(409);
    expect(response.json().code).toBe('reservation-expired');
    expect(await stock()).toEqual({ A: [10, 0], B: [10, 0], C: [1, 1] });
  });

  it.each([
    ['what it held', async () => undefined],
    ['a hold that had lapsed', async (order: string) => lapse(order)],
    ['a hold that was swept', async (order: string) => (await lapse(order), await sweepLapsed(catalog.checkoutDb))],
    ['what it had committed', async (order: string) => settle(order, 'commit')],
  ])('takes nothing for an order that released %s, and says so', async (_what, before) => {
    const order = nextOrder();
    await reserve(order, { A: 3 });
    await before(order);
    await settle(order, 'release');
    const response = await settle(order, 'commit');
    expect([response.statusCode, response.json().code]).toEqual([409, 'reservation-released']);
    expect((await stock())['A']).toEqual([10, 0]);
  });

  it('sells what an order holds anew after it released', async () => {
    const order = nextOrder();
    await reserve(order, { A: 3 });
    await catalog.order('POST', `/internal/reservations/${order}/release?attempt=1`);
    await catalog.order('PUT', `/internal/reservations/${order}`, { lines: [{ sku: 'A', quantity: 2 }], holdSeconds: 60, attempt: 2 });
    expect((await settle(order, 'commit')).statusCode).toBe(200);
    expect((await stock())['A']).toEqual([8, 0]);
  });

  it('knows nothing of an order that never reserved', async () => {
    const response = await settle('never', 'commit');
    expect(response.statusCode).toBe(404);
    expect(response.json().code).toBe('reservation-unknown');
  });
});

describe('POST /internal/reservations/{orderId}/release', () => {
  it('puts the units back, once', async () => {
    const order = nextOrder();
    await reserve(order, { A: 3 });
    for (let i = 0; i < 2; i += 1) expect((await settle(order, 'release')).json()).toEqual({ orderId: order, state: 'released' });
    expect((await stock())['A']).toEqual([10, 0]);
  });

  it('puts the units of a committed order back on the shelf', async () => {
    const order = nextOrder();
    await reserve(order, { A: 3 });
    await settle(order, 'commit');
    await settle(order, 'release');
    expect((await stock())['A']).toEqual([10, 0]);
  });

  it('is content with an order that never reserved', async () => {
    expect((await settle('never', 'release')).statusCode).toBe(200);
  });
});
