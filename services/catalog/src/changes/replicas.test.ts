import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createCache, createDatabase, createRedis, silentLog, statementsOf, withoutCache } from '@emall/runtime';
import { PATIENCE_MS, testIdentityKeys } from '@emall/runtime/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { buildApp } from '../app.ts';
import type { BrowseTables } from '../database.ts';
import { applyTurns } from '../stock/turns.ts';
import { type OpenCatalog, openCatalog } from '../testing.ts';
import { Changes } from './changes.ts';

let catalog: OpenCatalog;
let frozen: Server;
const sockets = new Set<Socket>();
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  catalog = await openCatalog();
  await catalog.sell({ key: 'mug', name: 'Mug', category: ['Home'], variants: [{ sku: 'mug', price: 1000, stock: 1 }] }, { key: 'pan', name: 'Pan', category: ['Home'] });
  // Takes connections and says nothing, as a stopped Redis does.
  frozen = createServer((socket) => void sockets.add(socket));
  frozen.listen(0, '127.0.0.1');
  await once(frozen, 'listening');
});

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  frozen.close();
  await catalog.close();
});

/** Another replica of the service on the same database, that hears of changes when it is told to look. */
async function replica({ redisUrl = catalog.redisUrl, cached = true, patienceMs = PATIENCE_MS } = {}) {
  const redis = createRedis({ url: redisUrl, log: silentLog });
  if (redisUrl === catalog.redisUrl) await once(redis, 'ready');
  const changes = new Changes(PATIENCE_MS);
  const hear = () => changes.read(catalog.rounds);
  await hear();
  const cache = cached ? createCache({ redis, namespace: 'replicas', freshness: changes, patienceMs, log: silentLog }) : withoutCache();
  const app = await buildApp({ db: catalog.db, checkoutDb: catalog.checkoutDb, cache, identityKeys: testIdentityKeys });
  let statements = 0;
  // Before the answer is out: who has it sees the sum.
  app.addHook('onSend', async (request) => void (statements += statementsOf(request)));
  closing.push(async () => redis.disconnect(), () => app.close());
  const get = (url: string) => app.inject({ method: 'GET', url: `/api/catalog/${url}` });
  return { hear, get, statements: () => statements };
}

type Replica = Awaited<ReturnType<typeof replica>>;

const pages = ['products/mug', 'products?category=home', 'products?q=mug', 'suggestions?q=mug'];

async function shown({ get }: Replica) {
  const [product, list, search, suggestions] = await Promise.all(pages.map(async (url) => (await get(url)).json()));
  const mug = (items: { slug: string; price: { amount: number }; available?: boolean }[]) => items.find(({ slug }) => slug === 'mug');
  return {
    prices: [product.variants[0].price.amount, mug(list.items)?.price.amount, mug(search.items)?.price.amount, mug(suggestions.items)?.price.amount],
    available: [product.variants[0].available > 0, mug(list.items)?.available, mug(search.items)?.available],
  };
}

const ways: [redis: string, url: () => string][] = [
  ['there', () => catalog.redisUrl],
  ['away', () => 'redis://127.0.0.1:1'],
  ['frozen', () => `redis://127.0.0.1:${(frozen.address() as AddressInfo).port}`],
];

describe.each(ways)('with Redis %s', (redis, url) => {
  it('every replica shows another price once it has looked', async () => {
    const replicas = [await replica({ redisUrl: url() }), await replica({ redisUrl: url() })];
    for (const each of replicas) expect((await shown(each)).prices).toEqual([1000, 1000, 1000, 1000]);
    for (const price of [1250, 1000]) {
      await catalog.sell({ key: 'mug', name: 'Mug', category: ['Home'], variants: [{ sku: 'mug', price, stock: 1 }] });
      await Promise.all(replicas.map(({ hear }) => hear()));
      for (const each of replicas) expect((await shown(each)).prices).toEqual([price, price, price, price]);
    }
  });

  it('every replica shows that it is sold out, and back in stock, once somebody has copied it and it has looked', async () => {
    const replicas = [await replica({ redisUrl: url() }), await replica({ redisUrl: url() })];
    for (const each of replicas) expect((await shown(each)).available).toEqual([true, true, true]);
    await catalog.order('PUT', `/internal/reservations/${redis}`, { lines: [{ sku: 'mug', quantity: 1 }], holdSeconds: 600 });
    await applyTurns(catalog.db);
    await Promise.all(replicas.map(({ hear }) => hear()));
    for (const each of replicas) expect((await shown(each)).available).toEqual([false, false, false]);
    await catalog.order('POST', `/internal/reservations/${redis}/release`);
    await applyTurns(catalog.db);
    await Promise.all(replicas.map(({ hear }) => hear()));
    for (const each of replicas) expect((await shown(each)).available).toEqual([true, true, true]);
  });
});

describe('what was made with a tree of categories that was old already', () => {
  const HUE = 345;
  const paint = async (hue: number | null) => {
    await sql`update category set tint = ${hue} where slug = 'home'`.execute(catalog.db);
    await catalog.change('categories', 'products');
  };
  const painted = async ({ get }: Replica) => (await Promise.all([...pages, 'categories'].map(async (url) => (await get(url)).body))).map((body) => body.includes(`"tint":${HUE}`));

  it('is not taken for what the new one would give, here or elsewhere', async () => {
    const [hasty, other] = [await replica({ patienceMs: 50 }), await replica()];
    expect(await painted(hasty)).toEqual([false, false, false, false, false]);
    await paint(HUE);
    await hasty.hear();
    const owner = createDatabase<BrowseTables>({ url: catalog.ownerUrl, name: 'owner', max: 1, log: silentLog });
    closing.push(() => owner.destroy());
    await owner.transaction().execute(async (trx) => {
      await sql`set local idle_in_transaction_session_timeout = 0`.execute(trx);
      await sql`lock table category in access exclusive mode`.execute(trx);
      // The rows do not come in time: what it remembers must do.
      expect(await painted(hasty)).toEqual([false, false, false, false, false]);
    });
    for (const each of [other, hasty]) {
      for (const end = performance.now() + PATIENCE_MS; (await painted(each)).includes(false); await each.hear()) {
        if (performance.now() > end) throw new Error(`still the old hue: ${JSON.stringify(await painted(each))}`);
      }
    }
    await paint(null);
  });
});

describe('a thousand shoppers before a cold page', () => {
  const all = async ({ get }: Replica, url: string) => (await Promise.all(Array.from({ length: 1000 }, () => get(url)))).map(({ statusCode }) => statusCode);

  it.each(ways)('reach the database once for each replica, with Redis %s', async (_redis, url) => {
    for (const [path, statements] of [['products/pan', 1], ['products?sort=price-asc', 1], ['products?q=pan', 2]] as const) {
      await catalog.change('products');
      const each = await replica({ redisUrl: url() });
      // The rows of the tree are another key, which every product needs; the answer `categories` may come from Redis without them.
      await each.get('products/mug');
      const before = each.statements();
      expect(new Set(await all(each, path))).toEqual(new Set([200]));
      expect(each.statements() - before).toBe(statements);
    }
  });

  it('reach it a thousand times without the cache', async () => {
    const each = await replica({ cached: false });
    await all(each, 'products/pan');
    // The tree of categories, and the product.
    expect(each.statements()).toBe(2000);
  });
});

describe('an answer', () => {
  it('says which layer it comes from', async () => {
    const [one, two] = [await replica(), await replica()];
    await catalog.change('products');
    for (const each of [one, two]) await each.hear();
    const layers = [];
    for (const { get } of [one, one, two, two]) layers.push((await get('products/pan')).headers['x-cache']);
    expect(layers).toEqual(['source', 'memory', 'redis', 'memory']);
  });

  it('is at most five seconds old wherever it is shown, and may be shown for ten minutes while we cannot answer', async () => {
    const { get } = await replica();
    for (const url of [...pages, 'categories']) {
      const { headers } = await get(url);
      const [, fresh, stale, error] = /^public, max-age=0, s-maxage=(\d+), stale-while-revalidate=(\d+), stale-if-error=(\d+)$/.exec(String(headers['cache-control'])) ?? [];
      const heard = 1;
      expect(heard + Number(fresh) + Number(stale)).toBeLessThanOrEqual(5);
      expect(Number(error)).toBe(600);
    }
  });
});
