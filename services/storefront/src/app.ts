import formbody from '@fastify/formbody';
import { type App, createService, type Log } from '@emall/runtime';
import type { FastifyInstance } from 'fastify';
import type { Clients } from './clients/clients.ts';
import { cartPages } from './pages/cart/routes.ts';
import { checkoutPages } from './pages/checkout/routes.ts';
import { answerUnknown, errorsAsPages } from './pages/errors/routes.ts';
import { wellKnownFiles } from './pages/files/routes.ts';
import { homePages } from './pages/home/routes.ts';
import { listingPages } from './pages/listing/routes.ts';
import { orderPages } from './pages/orders/routes.ts';
import { productPages } from './pages/product/routes.ts';
import type { Assets } from './shared/assets.ts';
import { createDepartments } from './shared/departments.ts';
import type { Deps } from './shared/deps.ts';
import { parseForm } from './shared/forms.ts';
import { securityHeaders } from './shared/security.ts';

export interface AppDeps extends Clients {
  assets: Assets;
  publicUrl: string;
  /** Origin of the payment provider's page: the one place besides the shop that a form may lead to. */
  paymentOrigin: string;
  currency: string;
  version?: string;
  log?: Log;
}

/** The shopper's pages. They hold no state and no database: everything is asked of the services. */
export async function buildApp({ paymentOrigin, version = 'dev', log, ...rest }: AppDeps): Promise<App> {
  const deps: Deps = { ...rest, departments: createDepartments(rest.catalog) };
  const secure = securityHeaders({ paymentOrigin });
  const app = await createService({ name: 'storefront', version, onError: errorsAsPages({ ...deps, secure }), ...(log && { log }) });

  await app.register(async (pages: FastifyInstance) => {
    pages.addHook('onSend', async (request, reply) => secure(request, reply));
    answerUnknown(pages);
    await pages.register(formbody, { parser: parseForm });
    await pages.register(homePages, deps);
    await pages.register(listingPages, deps);
    await pages.register(productPages, deps);
    await pages.register(cartPages, deps);
    await pages.register(checkoutPages, deps);
    await pages.register(orderPages, deps);
    await pages.register(wellKnownFiles, deps);
  });
  return app;
}
