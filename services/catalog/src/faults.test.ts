import { createCache, createDatabase, createRedis, silentLog } from '@emall/runtime';
import { callerHeaders, insist, PATIENCE_MS, testIdentityKeys } from '@emall/runtime/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { buildApp } from './app.ts';
import { Changes } from './changes/changes.ts';
import type { BrowseTables, CheckoutTables } from './database.ts';
import { type OpenCatalog, openCatalog } from './testing.ts';

let catalog: OpenCatalog;

beforeAll(async () => {
  // As in a shop: what waits for a connection of those that are stuck must not pass for slow.
  catalog = await openCatalog({ acquireTimeoutMs: 500 });
  await catalog.sell({ key: 'mug', name: 'Mug', category: ['Home'] }, { key: 'pan', name: 'Pan', category: ['Home'] });
  await catalog.get('/api/catalog/categories');
  // Opening a connection may take longer than that, using one does not.
  await insist(() => catalog.order('POST', '/internal/prices', { lines: [{ sku: 'mug', quantity: 1 }] }));
});
afterAll(() => catalog.close());

const headers = callerHeaders('order');
const reading = ['/api/catalog/products', '/api/catalog/products?q=mug', '/api/catalog/products/mug', '/api/catalog/products/nothing', '/api/catalog/categories', '/api/catalog/suggestions?q=m', '/api/catalog/variants?sku=mug'];
const calls = [
  ...reading.map((url) => ({ method: 'GET' as const, url })),
  { method: 'POST' as const, url: '/internal/prices', headers, payload: { lines: [{ sku: 'mug', quantity: 1 }] } },
  { method: 'PUT' as const, url: '/internal/reservations/f1', headers, payload: { lines: [{ sku: 'mug', quantity: 1 }], holdSeconds: 60 } },
  { method: 'POST' as const, url: '/internal/reservations/f1/commit', headers },
  { method: 'POST' as const, url: '/internal/reservations/f1/release', headers },
];

/** The app with other addresses of its dependencies. */
async function appWith({ url = catalog.url, redisUrl = 'redis://127.0.0.1:1' }: { url?: string; redisUrl?: string }) {
  const redis = createRedis({ url: redisUrl, log: silentLog });
  const cache = createCache({ redis, namespace: 'elsewhere', freshness: new Changes(), log: silentLog });
  const db = createDatabase<BrowseTables>({ url, name: 'browse', max: 2, acquireTimeoutMs: PATIENCE_MS, log: silentLog });
  const checkoutDb = createDatabase<CheckoutTables>({ url, name: 'checkout', max: 2, acquireTimeoutMs: PATIENCE_MS, log: silentLog });
  const app = await buildApp({ db, checkoutDb, cache, identityKeys: testIdentityKeys });
  return {
    app,
    close: async () => {
      await Promise.all([app.close(), db.destroy(), checkoutDb.destroy()]);
      redis.disconnect();
    },
  };
}

/** Does something while another session holds a table for itself, as a careless migration would. */
async function whileLocked(table: string, work: () => Promise<void>): Promise<void> {
  const owner = createDatabase<unknown>({ url: catalog.ownerUrl, name: 'owner', max: 1, statementTimeoutMs: 20_000, log: silentLog });
  await owner.transaction().execute(async (trx) => {
    await sql`lock table ${sql.table(table)} in access exclusive mode`.execute(trx);
    await work();
  });
  await owner.destroy();
}

describe('without its database', () => {
  it.each(calls)('$method $url is unavailable, not empty and not unknown', async (call) => {
    const { app, close } = await appWith({ url: 'postgres://nobody@127.0.0.1:1/nothing' });
    const response = await app.inject(call);
    expect(response.statusCode).toBe(503);
    expect(response.headers['retry-after']).toMatch(/^\d+$/);
    expect(response.headers['cache-control']).toBe('no-store');
    expect(response.json()).toMatchObject({ code: 'unavailable', status: 503 });
    expect(response.body).not.toMatch(/postgres|127\.0\.0\.1|ECONN/i);
    await close();
  });
});

describe('without Redis', () => {
  it('answers all the same', async () => {
    const { app, close } = await appWith({});
    for (const url of reading) expect((await app.inject(url)).statusCode).toBe(url.endsWith('nothing') ? 404 : 200);
    await close();
  });
});

describe('while browsing is stuck', () => {
  it('sells on: prices, stock and reservations have connections and tables of their own', async () => {
    await whileLocked('product', async () => {
      const stuck = Array.from({ length: 12 }, (_, i) => catalog.get(`/api/catalog/products?limit=${i + 40}`));
      const order = await catalog.order('PUT', '/internal/reservations/busy-1', { lines: [{ sku: 'pan', quantity: 1 }], holdSeconds: 60 });
      expect(order.statusCode).toBe(200);
      expect((await catalog.order('POST', '/internal/prices', { lines: [{ sku: 'pan', quantity: 1 }] })).statusCode).toBe(200);
      expect((await catalog.get('/api/catalog/variants?sku=pan')).statusCode).toBe(200);
      expect((await catalog.order('POST', '/internal/reservations/busy-1/commit')).statusCode).toBe(200);
      expect(new Set((await Promise.all(stuck)).map(({ statusCode }) => statusCode))).toEqual(new Set([503]));
    });
  });

  it('shows what it showed before', async () => {
    const before = (await catalog.get('/api/catalog/products?category=home')).json();
    await whileLocked('product', async () => {
      await catalog.change('products');
      const response = await catalog.get('/api/catalog/products?category=home');
      expect(response.statusCode).toBe(200);
      expect(response.json()).toEqual(before);
    });
  });

  it('is done with it when the table is free again', async () => {
    expect((await catalog.get('/api/catalog/products?limit=41')).statusCode).toBe(200);
  });
});
