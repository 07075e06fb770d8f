import { createCache, createDatabase, createRedis, databaseEnv, identityEnv, parseIdentityKeys, poolSize, redisEnv, runService } from '@emall/runtime';
import { sql } from 'kysely';
import { Type } from 'typebox';
import { buildApp } from './app.ts';
import { startFollowing } from './changes/follow.ts';
import type { BrowseTables, CheckoutTables } from './database.ts';

await runService({
  name: 'catalog',
  env: process.env,
  settings: Type.Object({ ...databaseEnv, ...redisEnv, ...identityEnv }),
  async build({ config, log, version, readiness, onClose }) {
    const share = { connections: config.DATABASE_CONNECTIONS, replicas: config.REPLICAS };
    const url = config.DATABASE_URL;
    const db = createDatabase<BrowseTables>({ url, name: 'browse', max: poolSize({ ...share, part: 0.5 }), statementTimeoutMs: 1500, log });
    onClose(() => db.destroy());
    const checkoutDb = createDatabase<CheckoutTables>({ url, name: 'checkout', max: poolSize({ ...share, part: 0.5 }), log });
    onClose(() => checkoutDb.destroy());
    const redis = createRedis({ url: config.REDIS_URL, log });
    onClose(() => redis.disconnect());
    const cache = createCache({ redis, namespace: 'catalog', ttlMs: 10_000, graceMs: 600_000, log });
    onClose(() => cache.close());
    readiness.add('postgres', () => sql`select 1`.execute(checkoutDb));
    readiness.add('redis', () => redis.ping());
    onClose(startFollowing({ db, checkoutDb, cache, log }));
    return buildApp({ log, version, db, checkoutDb, cache, identityKeys: parseIdentityKeys(config.IDENTITY_KEYS) });
  },
});
