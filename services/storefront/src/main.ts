import { runService } from '@emall/runtime';
import { Type } from 'typebox';
import { buildApp } from './app.ts';
import { createClients } from './clients/clients.ts';
import { readAssets } from './shared/assets.ts';

const URL = Type.String({ pattern: '^https?://[^/]+$' });

const settings = Type.Object({
  CATALOG_URL: URL,
  CART_URL: URL,
  ORDER_URL: URL,
  PUBLIC_URL: URL,
  /** Origin of the payment provider's page. */
  PAYMENT_ORIGIN: URL,
  SHOP_CURRENCY: Type.String({ pattern: '^[A-Z]{3}$' }),
  /** Path of the manifest that names the static files. */
  ASSET_MANIFEST: Type.String({ minLength: 1 }),
});

await runService({
  name: 'storefront',
  settings,
  env: process.env,
  build: async ({ config, log, version, protections, onClose }) => {
    const clients = createClients({ catalog: config.CATALOG_URL, cart: config.CART_URL, order: config.ORDER_URL }, { log, guarded: protections.has('admission') });
    onClose(() => clients.close());
    return buildApp({
      ...clients,
      assets: readAssets(config.ASSET_MANIFEST),
      publicUrl: config.PUBLIC_URL,
      paymentOrigin: config.PAYMENT_ORIGIN,
      currency: config.SHOP_CURRENCY,
      version,
      log,
    });
  },
});
