import { type App, createService, type IdentityKeys, type Log } from '@emall/runtime';
import { cartRoutes, type CartDeps } from './carts/routes.ts';
import { lineRoutes } from './lines/routes.ts';

export interface Deps extends CartDeps {
  log?: Log;
  version?: string;
  identityKeys: IdentityKeys;
}

export async function buildApp({ log, version = 'dev', identityKeys, ...deps }: Deps): Promise<App> {
  const app = await createService({ name: 'cart', version, identityKeys, ...(log && { log }) });
  await app.register(cartRoutes, deps);
  await app.register(lineRoutes, deps);
  return app;
}
