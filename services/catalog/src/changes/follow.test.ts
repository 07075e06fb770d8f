import { setTimeout } from 'node:timers/promises';
import { silentLog } from '@emall/runtime';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { applyTurns } from '../stock/turns.ts';
import { type OpenCatalog, openCatalog } from '../testing.ts';
import { ChangeReader, startFollowing } from './follow.ts';

let catalog: OpenCatalog;

beforeAll(async () => {
  catalog = await openCatalog();
  await catalog.sell(
    { key: 'last', variants: [{ sku: 'last', stock: 1 }] },
    { key: 'two', variants: [{ sku: 'two-a', stock: 1, options: { size: 'S' } }, { sku: 'two-b', stock: 1, options: { size: 'M' } }] },
  );
});
afterAll(() => catalog.close());

const reserve = (orderId: string, sku: string) => catalog.order('PUT', `/internal/reservations/${orderId}`, { lines: [{ sku, quantity: 1 }], holdSeconds: 600 });

async function inStock(key: string): Promise<boolean | undefined> {
  const { rows } = await sql<{ in_stock: boolean }>`select in_stock from product where key = ${key}`.execute(catalog.db);
  return rows[0]?.in_stock;
}

async function until(what: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 25_000; performance.now() < end; await setTimeout(20)) if (await what()) return;
  throw new Error('it did not happen in time');
}

describe('a product in listings', () => {
  it('sells out with its last unit and comes back with the first', async () => {
    await reserve('t1', 'last');
    await applyTurns(catalog.db);
    expect(await inStock('last')).toBe(false);
    await catalog.order('POST', '/internal/reservations/t1/release');
    await applyTurns(catalog.db);
    expect(await inStock('last')).toBe(true);
  });

  it('is sold out when its last variant is', async () => {
    await reserve('t2', 'two-a');
    await applyTurns(catalog.db);
    expect(await inStock('two')).toBe(true);
    await reserve('t3', 'two-b');
    await applyTurns(catalog.db);
    expect(await inStock('two')).toBe(false);
  });

  it('tells the truth however many replicas copy at once', async () => {
    for (let round = 0; round < 10; round += 1) {
      await Promise.all([reserve(`r${round}`, 'last'), applyTurns(catalog.db), applyTurns(catalog.db)]);
      await Promise.all([catalog.order('POST', `/internal/reservations/r${round}/release`), applyTurns(catalog.db), applyTurns(catalog.db)]);
    }
    while ((await applyTurns(catalog.db)) > 0);
    expect(await inStock('last')).toBe(true);
  });
});

describe('the change list', () => {
  it('is told to every replica once', async () => {
    const replicas = [new ChangeReader(catalog.db), new ChangeReader(catalog.db)];
    for (const replica of replicas) (await replica.next()).remember();
    await sql`insert into change (tags) values (array['a', 'b'])`.execute(catalog.db);
    for (const replica of replicas) {
      const first = await replica.next();
      expect(first.tags).toEqual(['a', 'b']);
      // Until the cache has been told, as when Redis was away.
      expect((await replica.next()).tags).toEqual(['a', 'b']);
      first.remember();
      expect((await replica.next()).tags).toEqual([]);
    }
  });

  it('loses no change whose transaction ended after a later one', async () => {
    const reader = new ChangeReader(catalog.db);
    (await reader.next()).remember();
    await catalog.db.transaction().execute(async (slow) => {
      await sql`insert into change (tags) values (array['slow'])`.execute(slow);
      await sql`insert into change (tags) values (array['quick'])`.execute(catalog.db);
      const quick = await reader.next();
      expect(quick.tags).toEqual(['quick']);
      quick.remember();
    });
    expect((await reader.next()).tags).toEqual(['slow']);
  });

  it('brings what a shopper sees up to date, and gives lapsed holds back', async () => {
    const stop = startFollowing({ db: catalog.db, checkoutDb: catalog.checkoutDb, cache: catalog.cache, log: silentLog });
    const available = async () => (await catalog.get('/api/catalog/products?sort=name')).json().items.find(({ name }: { name: string }) => name === 'The last').available;
    expect(await available()).toBe(true);
    await reserve('t9', 'last');
    await until(async () => !(await available()));
    await sql`update reservation set expires_at = clock_timestamp() where order_id = 't9'`.execute(catalog.checkoutDb);
    await until(available);
    const { rows } = await sql`select state from reservation where order_id = 't9'`.execute(catalog.db);
    expect(rows).toEqual([{ state: 'released' }]);
    await stop();
  });
});
