import { createCache, createDatabase, createRedis, silentLog } from '@emall/runtime';
import { callerHeaders, newShopper, PATIENCE_MS, tellStatements, testDatabase, testIdentityKeys, testRedis } from '@emall/runtime/testing';
import { buildApp } from './app.ts';
import { CategoryPaths } from './categories/write.ts';
import { Changes } from './changes/changes.ts';
import type { BrowseTables, CheckoutTables } from './database.ts';
import { reach } from './job.ts';
import { finishWriting } from './products/finish.ts';
import type { ProductInput, VariantInput } from './products/product.ts';
import { writeProducts } from './products/write.ts';
import { openTurnstile } from './stock/turnstile.ts';

export type TestVariant = Partial<Omit<VariantInput, 'sku'>> & { sku: string };
export type TestProduct = Partial<Omit<ProductInput, 'variants' | 'categoryId'>> & { key: string; category?: string[]; variants?: TestVariant[] };

/** The service on a database of its own. */
export async function openCatalog({ acquireTimeoutMs = PATIENCE_MS } = {}) {
  const database = await testDatabase('catalog');
  const redisServer = await testRedis();
  const redis = createRedis({ url: redisServer.url, log: silentLog });
  const db = createDatabase<BrowseTables>({ url: database.url, name: 'browse', max: 4, acquireTimeoutMs, log: silentLog });
  // Jobs have their time, also on a machine that is busy with other tests.
  const jobDb = createDatabase<BrowseTables>({ url: database.url, name: 'job', max: 1, acquireTimeoutMs, statementTimeoutMs: 60_000, log: silentLog });
  const checkoutDb = createDatabase<CheckoutTables>({ url: database.url, name: 'checkout', max: 10, acquireTimeoutMs, log: silentLog });
  const rounds = createDatabase<BrowseTables & CheckoutTables>({ url: database.url, name: 'rounds', max: 1, acquireTimeoutMs, log: silentLog });
  const changes = new Changes(PATIENCE_MS);
  const cache = createCache({ redis, namespace: `catalog-${database.url.slice(-8)}`, freshness: changes, patienceMs: PATIENCE_MS, log: silentLog });
  await Promise.all([reach(db), reach(jobDb)]);
  await changes.read(rounds);
  const app = tellStatements(await buildApp({ db, checkoutDb, cache, turnstile: openTurnstile(5, PATIENCE_MS), identityKeys: testIdentityKeys }));
  let stated: number | undefined;
  app.addHook('onResponse', async ({ routeOptions }) => {
    stated = routeOptions.config.statements;
  });
  await app.ready();
  const headers = callerHeaders('order', newShopper());
  return {
    app,
    db,
    checkoutDb,
    jobDb,
    rounds,
    changes,
    /** What a replica does again and again: looks at the change list. */
    hear: () => changes.read(rounds),
    /** Says that something of these tags has changed. */
    change: async (...tags: string[]) => {
      await db.insertInto('change').values({ tags }).execute();
      await changes.read(rounds);
    },
    redisUrl: redisServer.url,
    url: database.url,
    ownerUrl: database.ownerUrl,
    /** What the route of the last request says that it may cost. */
    stated: () => stated,
    get: (url: string, more: Record<string, string> = {}) => app.inject({ method: 'GET', url, headers: more }),
    /** A call of the order service. */
    order: (method: 'PUT' | 'POST', url: string, payload?: object) => app.inject({ method, url, headers, ...(payload && { payload }) }),
    /** Puts products on sale: of £10, 10 of each in stock, unless said otherwise. */
    sell: async (...products: TestProduct[]) => {
      await sell(jobDb, products);
      await changes.read(rounds);
    },
    close: async () => {
      await app.close();
      await Promise.all([db.destroy(), checkoutDb.destroy(), jobDb.destroy(), rounds.destroy()]);
      redis.disconnect();
      await redisServer.close();
      await database.drop();
    },
  };
}

export type OpenCatalog = Awaited<ReturnType<typeof openCatalog>>;

async function sell(db: OpenCatalog['db'], products: TestProduct[]): Promise<void> {
  const categories = await CategoryPaths.read(db);
  const inputs: ProductInput[] = [];
  for (const { key, category, variants = [{ sku: key }], ...rest } of products) {
    inputs.push({
      name: `The ${key}`,
      description: undefined,
      picture: undefined,
      popularity: undefined,
      details: undefined,
      categoryId: category && (await categories.resolve(category)),
      ...rest,
      key,
      variants: variants.map((variant) => Object.assign({ options: {}, price: 1000, was: null, stock: 10 }, variant)),
    });
  }
  await db.transaction().execute((trx) => writeProducts(trx, { inputs, currency: 'GBP', tree: categories.tree }));
  await finishWriting(db);
}
