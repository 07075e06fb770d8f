import { pathToFileURL } from 'node:url';
import { type App, createDatabase, silentLog } from '@emall/runtime';
import { buildApp } from './app.ts';
import { createCart, createCatalog } from './clients.ts';
import type { Schema } from './database.ts';
import { createLinks } from './orders/identifiers.ts';
import { createStripe } from './payments/stripe.ts';

const NOWHERE = 'http://127.0.0.1:1';

/** The service with nothing behind it: what it accepts can be seen, not what it does. */
export async function unconnectedApp(): Promise<App> {
  const secret = Buffer.alloc(32);
  const log = silentLog;
  const app = await buildApp({
    log,
    version: '1',
    identityKeys: new Map(),
    db: createDatabase<Schema>({ url: 'postgres://127.0.0.1:1/none', name: 'none', max: 1, log }),
    catalog: createCatalog(NOWHERE),
    cart: createCart(NOWHERE),
    provider: createStripe({ secretKey: 'sk_test_none', webhookSecret: 'whsec_none', log }),
    links: createLinks({ secret, publicUrl: NOWHERE }),
    identityKey: secret,
    publicUrl: NOWHERE,
    currency: 'GBP',
    holdSeconds: 900,
  });
  await app.ready();
  return app;
}

/** The contract of the service, from its routes. */
export async function buildOpenapi(): Promise<object> {
  const app = await unconnectedApp();
  const contract = app.swagger();
  await app.close();
  return contract;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.stdout.write(`${JSON.stringify(await buildOpenapi(), null, 2)}\n`);
}
