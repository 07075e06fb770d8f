import diagnostics_channel from 'node:diagnostics_channel';
import { BentoCache, bentostore, errors } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { redisDriver } from 'bentocache/drivers/redis';
import type { Log } from './log.ts';
import { cacheReads } from './metrics.ts';
import type { Redis } from './redis.ts';

export interface CacheOptions {
  redis: Redis;
  /** Prefix of all keys, one for each service. */
  namespace: string;
  /** How long an entry is fresh, in milliseconds. */
  ttlMs: number;
  /** How long an entry may still be served when its source fails, in milliseconds. */
  graceMs: number;
  log: Log;
}

export interface Cache {
  /** The entry, loaded at most once at a time in this process. A failing source is answered from the grace period. */
  getOrSet<T>(key: string, tags: string[], load: () => Promise<T>): Promise<T>;
  /** Forgets all entries that bear one of the tags: here and in Redis at once, in other replicas when their copy is no longer fresh. */
  dropTags(tags: string[]): Promise<void>;
  close(): Promise<void>;
}

/** Two layers, memory and Redis, with tags. Redis away means slower, not broken. */
export function createCache({ redis, namespace, ttlMs, graceMs, log }: CacheOptions): Cache {
  const store = bentostore()
    .useL1Layer(memoryDriver({ maxSize: '32mb' }))
    .useL2Layer(redisDriver({ connection: redis }));
  const bento = new BentoCache({
    default: 'main',
    stores: { main: store },
    prefix: namespace,
    ttl: ttlMs,
    grace: graceMs,
    graceBackoff: 1000,
    // How long a reader waits for the source before it is given what has gone stale; 0, the default, hands out dropped entries.
    timeout: 500,
    l2CircuitBreakerDuration: 2000,
    suppressL2Errors: true,
    logger: quiet(log),
  });
  return {
    getOrSet: (key, tags, load) =>
      bento.getOrSet({ key, tags, factory: load }).catch((error: unknown) => {
        throw error instanceof errors.E_FACTORY_ERROR ? error.cause : error;
      }),
    dropTags: async (tags) => void (await bento.deleteByTag({ tags })),
    close: () => bento.disconnectAll(),
  };
}

function quiet(log: Log) {
  const child = log.child({ component: 'cache' }, { level: log.level === 'silent' ? 'silent' : 'warn' });
  return child as never;
}

interface ReadMessage {
  operation: string;
  hit?: boolean;
  tier?: string;
  graced?: boolean;
}

diagnostics_channel.subscribe('tracing:bentocache.cache.operation:asyncEnd', (message) => {
  const { operation, hit, tier, graced } = message as ReadMessage;
  if (operation === 'get') cacheReads.add(1, { outcome: !hit ? 'miss' : graced ? 'stale' : (tier ?? 'l1') });
});
