import { createCache, createRedis, databaseEnv, identityEnv, parseIdentityKeys, redisEnv, runService, withoutCache } from '@emall/runtime';
import { sql } from 'kysely';
import { Type } from 'typebox';
import { buildApp } from './app.ts';
import { openBus } from './changes/bus.ts';
import { Changes } from './changes/changes.ts';
import { startFollowing } from './changes/follow.ts';
import { openPools } from './pools.ts';
import { noTurnstile, openTurnstile } from './stock/turnstile.ts';

await runService({
  name: 'catalog',
  env: process.env,
  settings: Type.Object({ ...databaseEnv, ...redisEnv, ...identityEnv }),
  async build({ config, log, version, protections, readiness, onClose }) {
    const { DATABASE_URL: url, DATABASE_CONNECTIONS: connections, REPLICAS: replicas } = config;
    const { db, checkoutDb, rounds, crowd, close } = openPools({ url, connections, replicas, protections, log });
    onClose(close);
    const redis = createRedis({ url: config.REDIS_URL, log });
    onClose(() => redis.disconnect());
    const bus = openBus(redis);
    onClose(() => bus.close());
    const changes = new Changes();
    const cache = protections.has('cache') ? createCache({ redis, namespace: `catalog:${version}`, freshness: changes, log }) : withoutCache();
    const turnstile = protections.has('admission') ? openTurnstile(crowd) : noTurnstile;
    readiness.add('postgres', () => sql`select 1`.execute(checkoutDb));
    readiness.add('redis', () => redis.ping());
    onClose(startFollowing({ rounds, changes, bus, log }));
    return buildApp({ log, version, db, checkoutDb, cache, turnstile, identityKeys: parseIdentityKeys(config.IDENTITY_KEYS) });
  },
});
