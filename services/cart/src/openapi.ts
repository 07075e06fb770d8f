import { createClient, createDatabase, silentLog } from '@emall/runtime';
import { buildApp } from './app.ts';
import type { paths } from './clients/catalog.gen.ts';

/** The contract of the whole service; nothing is connected. */
export async function buildOpenapi(): Promise<object> {
  const db = createDatabase<unknown>({ url: 'postgres://nowhere', name: 'cart', max: 1, log: silentLog });
  const catalog = createClient<paths>({ baseUrl: 'http://nowhere', service: 'catalog', timeoutMs: 1 });
  const app = await buildApp({ db, catalog, currency: 'GBP', identityKeys: new Map() });
  await app.ready();
  const document = app.swagger();
  await Promise.all([app.close(), db.destroy(), catalog.close()]);
  return document;
}

if (import.meta.main) process.stdout.write(`${JSON.stringify(await buildOpenapi(), null, 2)}\n`);
