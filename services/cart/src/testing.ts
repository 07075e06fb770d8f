import { createClient, createDatabase, silentLog } from '@emall/runtime';
import { asShopper, fakeUpstream, newShopper, PATIENCE_MS, tellStatements, testDatabase, testIdentityKeys } from '@emall/runtime/testing';
import { sql } from 'kysely';
import { buildApp } from './app.ts';
import type { Database } from './carts/queries.ts';
import type { Variant } from './catalog.ts';
import type { paths } from './clients/catalog.gen.ts';

/** The service on a database of its own, with a catalog whose variants a test sets as it likes. */
export async function openCart() {
  const database = await testDatabase('cart');
  const variants = new Map<string, Variant>();
  const upstream = await fakeUpstream({
    'GET /api/catalog/variants': ({ url }) => {
      const skus = new URL(url, 'http://catalog').searchParams.getAll('sku');
      if (skus.length > 100) return { status: 400, body: { code: 'invalid-request' } };
      return { body: { items: skus.flatMap((sku) => variants.get(sku) ?? []) } };
    },
  });
  const db: Database = createDatabase<unknown>({ url: database.url, name: 'cart', max: 5, acquireTimeoutMs: PATIENCE_MS, log: silentLog });
  const catalog = createClient<paths>({ baseUrl: upstream.url, service: 'catalog', timeoutMs: 1500 });
  const app = tellStatements(await buildApp({ db, catalog, currency: 'GBP', identityKeys: testIdentityKeys }));
  await app.ready();
  return {
    app,
    db,
    upstream,
    ownerUrl: database.ownerUrl,
    /** The service again, on the same database while that takes no writes. */
    readOnly: async () => {
      const url = `${database.url}?options=${encodeURIComponent('-c default_transaction_read_only=on')}`;
      const db: Database = createDatabase<unknown>({ url, name: 'cart', max: 1, acquireTimeoutMs: PATIENCE_MS, log: silentLog });
      const app = await buildApp({ db, catalog, currency: 'GBP', identityKeys: testIdentityKeys });
      return { app, db, close: () => Promise.all([app.close(), db.destroy()]) };
    },
    /** Puts a variant on sale, or changes it. */
    sell: (sku: string, { amount = 1000, available = 99, name = `The ${sku}` } = {}) =>
      variants.set(sku, {
        sku,
        slug: sku.toLowerCase(),
        name,
        options: { colour: 'Red' },
        picture: { name: '1f3a7', alt: 'A thing', recolour: 'Red' },
        tint: 210,
        price: { amount, currency: 'GBP' },
        available,
      }),
    discontinue: (sku: string) => variants.delete(sku),
    close: async () => {
      await app.close();
      await Promise.all([db.destroy(), catalog.close(), upstream.close()]);
      await database.drop();
    },
  };
}

export type OpenCart = Awaited<ReturnType<typeof openCart>>;

/** One shopper's calls. */
export function shopperOf({ app, db }: Pick<OpenCart, 'app' | 'db'>, id = newShopper()) {
  const { headers } = asShopper(id);
  return {
    id,
    headers,
    get: () => app.inject({ method: 'GET', url: '/api/cart', headers }),
    add: (sku: string, quantity: unknown = 1, more: Record<string, string> = {}) =>
      app.inject({ method: 'POST', url: '/api/cart/lines', headers: { ...headers, ...more }, payload: { sku, quantity } }),
    set: (sku: string, quantity: unknown) => app.inject({ method: 'PUT', url: `/api/cart/lines/${sku}`, headers, payload: { quantity } }),
    empty: () => app.inject({ method: 'DELETE', url: '/api/cart', headers }),
    /** What the database holds: quantities by SKU. */
    rows: async () => {
      const { rows } = await sql<{ sku: string; quantity: number }>`select sku, quantity from cart_line where shopper = ${id} order by sku`.execute(db);
      return Object.fromEntries(rows.map(({ sku, quantity }) => [sku, quantity]));
    },
  };
}
