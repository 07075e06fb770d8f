import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { type OpenCatalog, openCatalog } from '../testing.ts';
import { sweepLapsed } from './sweep.ts';

/** Of one order, whose checkout was begun several times: the process of an earlier attempt may be frozen anywhere and wake up. */
let order: string;
let catalog: OpenCatalog;

beforeAll(async () => {
  catalog = await openCatalog();
  await catalog.sell({ key: 'A', variants: [{ sku: 'A', stock: 100 }] });
});
afterAll(() => catalog.close());
beforeEach(() => {
  order = crypto.randomUUID();
});

const put = (body: object) => catalog.order('PUT', `/internal/reservations/${order}`, { lines: [{ sku: 'A', quantity: 2 }], holdSeconds: 60, ...body });
const reserve = (attempt: number) => put({ attempt });
const release = (attempt: number) => catalog.order('POST', `/internal/reservations/${order}/release?attempt=${attempt}`);
const releaseForGood = () => catalog.order('POST', `/internal/reservations/${order}/release`);
const commit = () => catalog.order('POST', `/internal/reservations/${order}/commit`);

/** What this order has now, of everything. */
async function state() {
  const { rows } = await sql<{ state: string }>`select state from reservation where order_id = ${order}`.execute(catalog.checkoutDb);
  return rows[0]?.state;
}
const free = async () => {
  const { rows } = await sql<{ free: number }>`select on_hand - reserved as free from stock where sku = 'A'`.execute(catalog.checkoutDb);
  return rows[0]?.free ?? 0;
};

describe('giving back, by who cleared up behind an attempt and was frozen meanwhile', () => {
  it.each(['held', 'committed'])('leaves alone what a later attempt has %s', async (end) => {
    const before = await free();
    await reserve(1);
    await reserve(3);
    if (end === 'committed') await commit();
    expect((await release(2)).statusCode).toBe(200);
    expect([await state(), await free()]).toEqual([end, before - 2]);
  });

  it('leaves alone what a later attempt found held, and relies on', async () => {
    await reserve(1);
    await commit();
    await reserve(3);
    await release(2);
    expect(await state()).toBe('committed');
  });

  it('gives back what its own attempt or an earlier one holds', async () => {
    const before = await free();
    await reserve(1);
    await release(2);
    expect([await state(), await free()]).toEqual(['released', before]);
  });
});

describe('reserving, by an attempt that was frozen before it came to that', () => {
  it.each([
    ['somebody has cleared up behind it', async () => void (await release(2))],
    ['its order, of which nobody knew, has ended for good', async () => void (await releaseForGood())],
    ['a later attempt was cleared up behind', async () => void (await reserve(2), await release(3))],
    ['its order has ended for good', async () => void (await reserve(2), await commit(), await releaseForGood())],
  ])('takes nothing once %s', async (_what, meanwhile) => {
    const before = await free();
    await meanwhile();
    const { statusCode, headers } = await reserve(1);
    expect([statusCode, headers['retry-after']]).toEqual([503, expect.any(String)]);
    expect([await state(), await free()]).toEqual(['released', before]);
  });

  it('is what a later attempt may do', async () => {
    const before = await free();
    await release(2);
    expect((await reserve(3)).statusCode).toBe(200);
    expect([await state(), await free()]).toEqual(['held', before - 2]);
  });
});

describe('holding on to what an order has, which no attempt does', () => {
  it('takes up again what has lapsed', async () => {
    await reserve(1);
    await sql`update reservation set expires_at = clock_timestamp() - interval '1 second' where order_id = ${order}`.execute(catalog.checkoutDb);
    await sweepLapsed(catalog.checkoutDb);
    expect((await put({})).statusCode).toBe(200);
    expect(await state()).toBe('held');
  });

  it('takes nothing once the order has ended for good', async () => {
    await reserve(1);
    await releaseForGood();
    expect((await put({})).statusCode).toBe(503);
    expect(await state()).toBe('released');
  });
});
