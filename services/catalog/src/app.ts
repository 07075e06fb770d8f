import { type App, type Cache, createService, type IdentityKeys, type Log } from '@emall/runtime';
import { cachedCategories } from './categories/categories.ts';
import { categoryRoutes } from './categories/routes.ts';
import type { Browse, Checkout } from './database.ts';
import { productRoutes } from './products/routes.ts';
import { searchRoutes } from './search/routes.ts';
import { stockRoutes } from './stock/routes.ts';
import { noTurnstile, type Turnstile } from './stock/turnstile.ts';
import { variantRoutes } from './variants/routes.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The most SQL statements that the route may cost without a fault or a conflict; a test counts them. */
    statements?: number;
  }
}

export interface Deps {
  log?: Log;
  version?: string;
  /** Browsing's pool. */
  db: Browse;
  /** Prices, stock and reservations have connections of their own, which no amount of browsing can take. */
  checkoutDb: Checkout;
  cache: Cache;
  /** Before reservations of the same SKU; none unless given. */
  turnstile?: Turnstile;
  identityKeys: IdentityKeys;
}

export async function buildApp({ log, version = 'dev', db, checkoutDb, cache, turnstile = noTurnstile, identityKeys }: Deps): Promise<App> {
  const app = await createService({ name: 'catalog', version, identityKeys, ...(log && { log }) });
  const browsing = { db, cache, categories: cachedCategories(db, cache) };
  await app.register(categoryRoutes, browsing);
  await app.register(productRoutes, browsing);
  await app.register(searchRoutes, browsing);
  await app.register(variantRoutes, { checkoutDb });
  await app.register(stockRoutes, { checkoutDb, turnstile });
  return app;
}
