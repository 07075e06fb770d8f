import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Cache, createCache } from './cache.ts';
import { silentLog } from './log.ts';
import { createRedis, type Redis } from './redis.ts';
import { testRedis } from './testing/index.ts';

let redis: Awaited<ReturnType<typeof testRedis>>;
let open: { cache: Cache; redis: Redis }[];

function replica(url = redis.url, ttlMs = 60_000): Cache {
  const connection = createRedis({ url, log: silentLog });
  // What one replica wrote must have arrived before the other looks; a shop would go on without an answer after 50 ms.
  connection.options.commandTimeout = 10_000;
  const cache = createCache({ redis: connection, namespace: 'test', ttlMs, graceMs: 60_000, log: silentLog });
  open.push({ cache, redis: connection });
  return cache;
}

const ready = (index: number) => new Promise<void>((resolve) => void open[index]?.redis.once('ready', () => resolve()));

beforeEach(async () => {
  redis = await testRedis();
  open = [];
});

afterEach(async () => {
  for (const { cache, redis: connection } of open) {
    await cache.close().catch(() => undefined);
    connection.disconnect();
  }
  await redis.close();
});

/** Entries and invalidations are told apart by milliseconds. */
async function nextMillisecond(): Promise<void> {
  const now = Date.now();
  while (Date.now() === now) await new Promise((resolve) => setImmediate(resolve));
}

describe('a cache', () => {
  it('asks the source once for many at once', async () => {
    const cache = replica();
    await ready(0);
    let loads = 0;
    const load = async () => {
      loads += 1;
      await new Promise((resolve) => setImmediate(resolve));
      return loads;
    };
    const values = await Promise.all(Array.from({ length: 50 }, () => cache.getOrSet('k', [], load)));
    expect([new Set(values).size, loads]).toEqual([1, 1]);
  });

  it('is shared between replicas, and dropped by tag', async () => {
    const [one, two] = [replica(), replica()];
    await Promise.all([ready(0), ready(1)]);
    await one.getOrSet('k', ['shoes'], async () => 'old');
    expect(await two.getOrSet('k', ['shoes'], async () => 'never asked')).toBe('old');
    await nextMillisecond();
    await one.dropTags(['shoes']);
    expect(await one.getOrSet('k', ['shoes'], async () => 'new')).toBe('new');
  });

  it('answers from what it had when the source fails', async () => {
    const cache = replica(redis.url, 1);
    await ready(0);
    await cache.getOrSet('k', [], async () => 'had');
    await nextMillisecond();
    await nextMillisecond();
    expect(await cache.getOrSet('k', [], () => Promise.reject(new Error('down')))).toBe('had');
  });

  it('works without Redis', async () => {
    const cache = replica('redis://127.0.0.1:9');
    expect(await cache.getOrSet('k', [], async () => 'value')).toBe('value');
    expect(await cache.getOrSet('k', [], async () => 'other')).toBe('value');
  });

  it('passes the fault of a source on when it has nothing', async () => {
    const cache = replica('redis://127.0.0.1:9');
    const fault = Object.assign(new Error('down'), { status: 503 });
    await expect(cache.getOrSet('k', [], () => Promise.reject(fault))).rejects.toBe(fault);
  });

  it('takes rubbish in Redis for a miss', async () => {
    const cache = replica();
    await ready(0);
    await cache.getOrSet('k', [], async () => 'value');
    const keys = (await open[0]?.redis.keys('*')) ?? [];
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) await open[0]?.redis.set(key, '{"broken');
    const other = replica();
    await ready(1);
    expect(await other.getOrSet('k', [], async () => 'fresh')).toBe('fresh');
  });
});
