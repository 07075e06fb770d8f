import { createClient, createDatabase, databaseEnv, identityEnv, parseIdentityKeys, poolSize, runService } from '@emall/runtime';
import { sql } from 'kysely';
import { Type } from 'typebox';
import { buildApp } from './app.ts';
import { startSweeping } from './carts/sweep.ts';
import type { paths } from './clients/catalog.gen.ts';

await runService({
  name: 'cart',
  env: process.env,
  settings: Type.Object({
    ...databaseEnv,
    ...identityEnv,
    CATALOG_URL: Type.String({ pattern: '^https?://' }),
    SHOP_CURRENCY: Type.String({ pattern: '^[A-Z]{3}$' }),
  }),
  async build({ config, log, version, readiness, protections, onClose }) {
    const max = poolSize({ connections: config.DATABASE_CONNECTIONS, replicas: config.REPLICAS });
    const db = createDatabase<unknown>({ url: config.DATABASE_URL, name: 'cart', max, statementTimeoutMs: 1000, log });
    onClose(() => db.destroy());
    const catalog = createClient<paths>({ baseUrl: config.CATALOG_URL, service: 'catalog', timeoutMs: 1500, log, guarded: protections.has('admission') });
    onClose(() => catalog.close());
    readiness.add('postgres', () => sql`select 1`.execute(db));
    onClose(startSweeping({ db, log }));
    return buildApp({ log, version, db, catalog, currency: config.SHOP_CURRENCY, identityKeys: parseIdentityKeys(config.IDENTITY_KEYS) });
  },
});
