import { type App, createService, type IdentityKeys, type Log } from '@emall/runtime';
import { type CheckoutDeps } from './checkout/place-order.ts';
import { checkoutRoutes } from './checkout/routes.ts';
import { createHoldOn } from './keys/hold-on.ts';
import { orderRoutes } from './orders/routes.ts';
import { webhookRoutes } from './payments/webhook.ts';

export interface AppDeps extends Omit<CheckoutDeps, 'holdOn'> {
  log: Log;
  version: string;
  identityKeys: IdentityKeys;
  answerMs?: number;
}

export async function buildApp(deps: AppDeps): Promise<App> {
  const app = await createService({ name: 'order', version: deps.version, log: deps.log, identityKeys: deps.identityKeys });
  await app.register(checkoutRoutes, { ...deps, holdOn: createHoldOn(deps.db) });
  await app.register(orderRoutes, deps);
  await app.register(webhookRoutes, deps);
  return app;
}
