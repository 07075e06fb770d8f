import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isPointless, type RequestContext, requestContext } from '../context.ts';
import { notFound, unavailable } from '../problems.ts';
import { createRedis, type Redis } from '../redis.ts';
import { silentLog } from '../log.ts';
import { testRedis } from '../testing/index.ts';
import { type Cache, createCache, withoutCache } from './cache.ts';
import type { Freshness } from './freshness.ts';

let redis: Awaited<ReturnType<typeof testRedis>>;
let open: Redis[];

/** A source whose changes are heard of at once. */
class Source implements Freshness {
  epoch = 0;
  version = 1;
  loads = 0;
  failing: Error | undefined;
  known = true;
  get isDeaf() {
    return !this.known;
  }
  #changed = new Map<string, number>();

  stamp = () => (this.known ? String(this.version) : undefined);
  isCurrent = (stamp: string, tags: readonly string[]) => this.known && tags.every((tag) => (this.#changed.get(tag) ?? 0) <= Number(stamp));

  change(tag: string): void {
    this.version += 1;
    this.epoch += 1;
    this.#changed.set(tag, this.version);
  }

  load = async (): Promise<string> => {
    this.loads += 1;
    await new Promise((resolve) => setImmediate(resolve));
    if (this.failing) throw this.failing;
    return `version ${this.version}`;
  };
}

let source: Source;

async function replica({ url = redis.url, memoryBytes = 1_000_000 }: { url?: string; memoryBytes?: number } = {}): Promise<Cache> {
  const connection = createRedis({ url, log: silentLog });
  // What one replica wrote must have arrived before the other looks; a shop would go on without an answer after 50 ms.
  connection.options.commandTimeout = 10_000;
  open.push(connection);
  if (url === redis.url) await new Promise<void>((resolve) => void connection.once('ready', () => resolve()));
  return createCache({ redis: connection, namespace: 'test', freshness: source, log: silentLog, memoryBytes });
}

/** Another connection does not come before this one's writes: they have arrived when it is answered. */
async function written(): Promise<void> {
  for (const connection of open) if (connection.status === 'ready') await connection.ping();
}

async function read(cache: Cache, { key = 'k', tags = ['shoes'], ttlMs = 60_000 }: { key?: string; tags?: string[]; ttlMs?: number } = {}) {
  const { body, layer } = await cache.read(key, { tags, ttlMs, load: source.load });
  return `${layer}: ${String(body)}`;
}

beforeEach(async () => {
  redis = await testRedis();
  open = [];
  source = new Source();
});

afterEach(async () => {
  for (const connection of open) connection.disconnect();
  await redis.close();
});

describe('a cache', () => {
  it('asks the source once for a thousand at once', async () => {
    const cache = await replica();
    const answers = await Promise.all(Array.from({ length: 1000 }, () => read(cache)));
    expect([new Set(answers).size, source.loads]).toEqual([1, 1]);
  });

  it('asks for all who wait: that who asked first has hung up is nobody else\'s loss', async () => {
    const cache = await replica();
    const context: RequestContext = { requestId: 'a', reads: true, gone: true, statements: 0 };
    const pointless: boolean[] = [];
    const load = async () => {
      pointless.push(isPointless(requestContext.getStore() as RequestContext));
      return source.load();
    };
    const first = requestContext.run(context, () => cache.read('k', { tags: [], ttlMs: 60_000, load }));
    await Promise.all([first, read(cache)]);
    expect([isPointless(context), pointless]).toEqual([true, [false]]);
  });

  it('answers from memory, another replica from Redis', async () => {
    const [one, two] = [await replica(), await replica()];
    expect([await read(one), await read(one)]).toEqual(['source: version 1', 'memory: version 1']);
    await written();
    expect([await read(two), await read(two)]).toEqual(['redis: version 1', 'memory: version 1']);
  });

  it('forgets in every replica what has changed, and nothing else', async () => {
    const [one, two] = [await replica(), await replica()];
    await read(one);
    await read(one, { key: 'other', tags: ['hats'] });
    await written();
    await read(two);
    source.change('shoes');
    expect(await read(one)).toBe('source: version 2');
    await written();
    expect([await read(two), await read(one, { key: 'other', tags: ['hats'] })]).toEqual(['redis: version 2', 'memory: version 1']);
  });

  it('does not keep what was loaded while it changed', async () => {
    const cache = await replica();
    const begun = Promise.withResolvers<void>();
    const loaded = Promise.withResolvers<string>();
    const load = () => {
      begun.resolve();
      return loaded.promise;
    };
    const reading = cache.read('k', { tags: ['shoes'], ttlMs: 60_000, load });
    await begun.promise;
    source.change('shoes');
    loaded.resolve('what was read before the change');
    expect(String((await reading).body)).toBe('what was read before the change');
    await written();
    expect([await read(await replica()), await read(cache)]).toEqual(['source: version 2', 'redis: version 2']);
  });

  it('remembers that there is no such thing, in this process alone', async () => {
    const cache = await replica();
    const nothing = async () => {
      source.loads += 1;
      return undefined;
    };
    for (let i = 0; i < 3; i += 1) expect((await cache.read('k', { tags: ['shoes'], ttlMs: 60_000, load: nothing })).body).toBeUndefined();
    await written();
    expect([source.loads, await open[0]?.keys('*')]).toEqual([1, []]);
  });

  it('is bounded by bytes: what was asked for the longest ago goes', async () => {
    const cache = await replica({ memoryBytes: 100_000 });
    const big = async () => 'x'.repeat(30_000);
    for (const key of ['a', 'b', 'c', 'a', 'd']) await cache.read(key, { tags: [], ttlMs: 60_000, load: big });
    await written();
    const layers = [];
    for (const key of ['a', 'c', 'd', 'b']) layers.push((await cache.read(key, { tags: [], ttlMs: 60_000, load: big })).layer);
    expect(layers).toEqual(['memory', 'memory', 'memory', 'redis']);
  });

  it('names equal answers alike, and others otherwise', async () => {
    const cache = await replica();
    const etag = async (key: string, text: string) => (await cache.read(key, { tags: [], ttlMs: 60_000, load: async () => text })).etag;
    expect(await etag('a', 'x')).toBe(await etag('b', 'x'));
    expect(await etag('c', 'y')).not.toBe(await etag('b', 'x'));
    expect(await etag('a', 'x')).toMatch(/^"[\w-]{27}"$/);
  });
});

describe('when the source fails', () => {
  beforeEach(() => {
    source.failing = undefined;
  });

  it('shows what it had, and leaves the source alone for a while', async () => {
    const cache = await replica();
    await read(cache);
    source.change('shoes');
    source.failing = unavailable();
    for (let i = 0; i < 20; i += 1) expect(await read(cache)).toBe('memory: version 1');
    expect(source.loads).toBe(2);
  });

  it('shows what another replica had', async () => {
    await read(await replica());
    await written();
    source.change('shoes');
    source.failing = unavailable();
    expect(await read(await replica())).toBe('redis: version 1');
  });

  it('passes the fault on when it has nothing, and asks again', async () => {
    const cache = await replica();
    source.failing = unavailable();
    await expect(read(cache)).rejects.toBe(source.failing);
    source.failing = undefined;
    expect(await read(cache)).toBe('source: version 1');
  });

  it('does not hide an answer that is the client\'s own doing', async () => {
    const cache = await replica();
    await read(cache);
    source.change('shoes');
    source.failing = notFound();
    await expect(read(cache)).rejects.toBe(source.failing);
  });

  it('shows what it had while the source takes long, and asks it once', async () => {
    const cache = await replica();
    await read(cache);
    source.change('shoes');
    let finish = (_text: string) => {};
    let asked = 0;
    const slow = () => {
      asked += 1;
      return new Promise<string>((resolve) => void (finish = resolve));
    };
    const answers = await Promise.all(Array.from({ length: 100 }, () => cache.read('k', { tags: ['shoes'], ttlMs: 60_000, load: slow })));
    expect([asked, new Set(answers.map(({ body }) => String(body)))]).toEqual([1, new Set(['version 1'])]);
    finish('new');
    await written();
    expect(await read(cache)).toBe('memory: new');
  });

  describe('and the change list is not heard', () => {
    const now = performance.now.bind(performance);
    let aheadMs = 0;
    beforeEach(() => {
      aheadMs = 0;
      performance.now = () => now() + aheadMs;
    });
    afterEach(() => void (performance.now = now));

    it('silence is not taken for the lack of changes, nor by others', async () => {
      const cache = await replica();
      await read(cache);
      aheadMs = 5000;
      await read(cache);
      aheadMs = 9000;
      source.known = false;
      source.version = 2;
      // Found current 4 s ago, but loaded 9 s ago: what it was then it may not be any more.
      expect(await read(cache)).toBe('source: version 2');
      await written();
      await open[0]?.flushdb();
      await read(await replica(), { key: 'new' });
      await written();
      expect(await open[0]?.keys('*')).toEqual([]);
    });

    it('a load serves the readers of five seconds all the same: the database that is in trouble is not asked by each', async () => {
      const cache = await replica();
      source.known = false;
      for (let i = 0; i < 100; i += 1) await read(cache);
      expect(source.loads).toBe(1);
      aheadMs = 3900;
      expect(await read(cache)).toBe('memory: version 1');
      aheadMs = 5000;
      source.version = 2;
      expect([await read(cache), source.loads]).toEqual(['source: version 2', 2]);
    });

    it('a change that is heard of afterwards counts', async () => {
      const cache = await replica();
      await read(cache);
      source.known = false;
      source.change('shoes');
      expect(await read(cache)).toBe('memory: version 1');
      source.known = true;
      expect(await read(cache)).toBe('source: version 2');
    });
  });
});

describe('Redis', () => {
  it('may be away', async () => {
    const cache = await replica({ url: 'redis://127.0.0.1:9' });
    expect([await read(cache), await read(cache)]).toEqual(['source: version 1', 'memory: version 1']);
  });

  it('is asked by one after it did not answer, not by all', async () => {
    const cache = await replica();
    let asked = 0;
    (open[0] as { getBuffer: unknown }).getBuffer = () => {
      asked += 1;
      return Promise.reject(new Error('Command timed out'));
    };
    for (let i = 0; i < 50; i += 1) expect(await read(cache, { key: `k${i}` })).toBe('source: version 1');
    expect(asked).toBe(1);
  });

  it('that forgets everything is filled again from memory, not from the source', async () => {
    const cache = await replica();
    for (let i = 0; i < 20; i += 1) await read(cache, { key: `k${i}` });
    await open[0]?.flushdb();
    const before = source.loads;
    // As after the five seconds for which memory asks nobody.
    const now = performance.now.bind(performance);
    performance.now = () => now() + 6000;
    try {
      for (let i = 0; i < 20; i += 1) expect(await read(cache, { key: `k${i}` })).toBe('memory: version 1');
    } finally {
      performance.now = now;
    }
    await written();
    expect([source.loads - before, (await open[0]?.keys('*'))?.length]).toEqual([0, 20]);
  });

  it.each([
    ['no frame at all', () => 'rubbish'],
    ['a header that is no JSON', () => '{"broken\nbody'],
    ['a header of another shape', () => '{"key":"k","tags":[1]}\nbody'],
    ['a list', () => '[]\nbody'],
    ['a body cut short', (wire: string) => wire.slice(0, -1)],
    ['another body', (wire: string) => wire.replace(/version 1$/, 'version 9')],
    ['the answer to another question', (wire: string) => wire.replace('"key":"k"', '"key":"q"')],
    ['an answer from the future', (wire: string) => wire.replace(/"loadedAt":\d/, '"loadedAt":9')],
  ])('may hold rubbish: %s is a miss', async (_what, poison) => {
    await read(await replica());
    await written();
    const [key = ''] = (await open[0]?.keys('*')) ?? [];
    const wire = (await open[0]?.get(key)) ?? '';
    expect(wire).toMatch(/version 1$/);
    await open[0]?.set(key, poison(wire));
    source.version = 5;
    const other = await replica();
    expect([await read(other), source.loads]).toEqual(['source: version 5', 2]);
    // Rubbish is no reason to do without Redis.
    await written();
    expect(await read(await replica())).toBe('redis: version 5');
  });

  it('may hold something else than text under our key', async () => {
    await read(await replica());
    await written();
    const [key = ''] = (await open[0]?.keys('*')) ?? [];
    await open[0]?.del(key);
    await open[0]?.lpush(key, 'a list');
    expect(await read(await replica())).toBe('source: version 1');
  });

  it('may have no memory left: what it holds is still read', async () => {
    await read(await replica(), { key: 'held' });
    await written();
    const cache = await replica();
    const full = Object.assign(new Error("OOM command not allowed when used memory > 'maxmemory'."), { name: 'ReplyError' });
    (open[1] as { set: unknown }).set = () => Promise.reject(full);
    expect([await read(cache, { key: 'new' }), await read(cache, { key: 'held' })]).toEqual(['source: version 1', 'redis: version 1']);
  });
});

describe('no cache', () => {
  it('asks the source every time', async () => {
    const cache = withoutCache();
    const answers = await Promise.all(Array.from({ length: 10 }, () => read(cache)));
    expect([new Set(answers), source.loads]).toEqual([new Set(['source: version 1']), 10]);
  });
});
