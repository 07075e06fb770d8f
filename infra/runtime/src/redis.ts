import { Redis } from 'ioredis';
import type { Log } from './log.ts';

export type { Redis };

/**
 * A connection that fails fast: 50 ms for a command, one retry, no queue while away.
 * Redis is never the only copy of anything, so whoever uses it goes on without it.
 */
export function createRedis({ url, log }: { url: string; log: Log }): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    commandTimeout: 50,
    maxRetriesPerRequest: 1,
    connectTimeout: 500,
    retryStrategy: (attempt) => Math.min(attempt * 100, 1000),
  });
  let away = false;
  redis.on('error', (error) => {
    if (!away) log.warn({ reason: error.message }, 'redis is away: going on without it');
    away = true;
  });
  redis.on('ready', () => {
    if (away) log.info('redis is back');
    away = false;
  });
  return redis;
}
