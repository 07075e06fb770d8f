import { countStatements, withConflicts } from '@emall/runtime/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { type OpenCatalog, openCatalog } from '../testing.ts';
import { sweepLapsed } from './sweep.ts';

let catalog: OpenCatalog;
beforeAll(async () => {
  catalog = await openCatalog();
});
afterAll(() => catalog.close());
beforeEach(async () => {
  await sql`delete from reservation`.execute(catalog.checkoutDb);
  await sql`delete from stock`.execute(catalog.checkoutDb);
  await catalog.sell({ key: 'A' });
});

const reserve = (order: string) => catalog.order('PUT', `/internal/reservations/${order}`, { lines: [{ sku: 'A', quantity: 2 }], holdSeconds: 60 });
const stock = async () => (await sql<{ on_hand: number; reserved: number }>`select on_hand, reserved from stock where sku = 'A'`.execute(catalog.checkoutDb)).rows[0];
const losing = <T>(times: number, during: () => Promise<T>) => withConflicts(catalog.ownerUrl, { table: 'stock', times }, during);

describe('a stock statement that loses to another one three times', () => {
  it('holds the units all the same, once', async () => {
    const { response, statements } = await losing(3, () => countStatements(catalog.app, () => reserve('o-1')));
    expect([response.statusCode, statements]).toEqual([200, 4]);
    expect(await stock()).toEqual({ on_hand: 10, reserved: 2 });
  });

  it.each([['commit', { on_hand: 8, reserved: 0 }], ['release', { on_hand: 10, reserved: 0 }]])('settles with %s all the same, once', async (what, after) => {
    await reserve('o-2');
    const { statusCode } = await losing(3, () => catalog.order('POST', `/internal/reservations/o-2/${what}`));
    expect(statusCode).toBe(200);
    expect(await stock()).toEqual(after);
  });

  it('sweeps what has lapsed all the same, once', async () => {
    await reserve('o-3');
    await sql`update reservation set expires_at = clock_timestamp() - interval '1 second'`.execute(catalog.checkoutDb);
    expect(await losing(3, () => sweepLapsed(catalog.checkoutDb))).toBe(1);
    expect(await stock()).toEqual({ on_hand: 10, reserved: 0 });
  });
});

describe('a stock statement that loses a fourth time', () => {
  it('is answered with 503 and Retry-After, and has changed nothing', async () => {
    const { statusCode, headers } = await losing(4, () => reserve('o-4'));
    expect([statusCode, headers['retry-after']]).toEqual([503, '1']);
    expect(await stock()).toEqual({ on_hand: 10, reserved: 0 });
  });
});
