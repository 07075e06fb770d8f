import { createDatabase, silentLog, withoutCache } from '@emall/runtime';
import { buildApp } from './app.ts';
import type { BrowseTables, CheckoutTables } from './database.ts';

/** The contract of the whole service; nothing is connected. */
export async function buildOpenapi(): Promise<object> {
  const nowhere = { url: 'postgres://nowhere', max: 1, log: silentLog };
  const db = createDatabase<BrowseTables>({ ...nowhere, name: 'browse' });
  const checkoutDb = createDatabase<CheckoutTables>({ ...nowhere, name: 'checkout' });
  const app = await buildApp({ db, checkoutDb, cache: withoutCache(), identityKeys: new Map() });
  await app.ready();
  const document = app.swagger();
  await Promise.all([app.close(), db.destroy(), checkoutDb.destroy()]);
  return document;
}

if (import.meta.main) process.stdout.write(`${JSON.stringify(await buildOpenapi(), null, 2)}\n`);
