import { runService, signingEnv } from '@emall/runtime';
import { Type } from 'typebox';
import { buildApp } from './app.ts';

const url = Type.String({ pattern: '^https?://[^/]+$' });

await runService({
  name: 'gateway',
  env: process.env,
  settings: Type.Object({
    ...signingEnv,
    CATALOG_URL: url,
    CART_URL: url,
    ORDER_URL: url,
    STOREFRONT_URL: url,
    PUBLIC_URL: url,
    TRUSTED_PROXIES: Type.String({ pattern: '^[0-9a-fA-F.:]+(,[0-9a-fA-F.:]+)*$' }),
  }),
  build: ({ config, log, version }) =>
    buildApp({
      log,
      version,
      upstreams: { catalog: config.CATALOG_URL, cart: config.CART_URL, order: config.ORDER_URL, storefront: config.STOREFRONT_URL },
      identityKey: Buffer.from(config.IDENTITY_KEY, 'hex'),
      publicUrl: new URL(config.PUBLIC_URL),
      trustedProxies: config.TRUSTED_PROXIES.split(','),
    }),
});
