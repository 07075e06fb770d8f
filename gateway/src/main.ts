import { createRedis, redisEnv, runService, signingEnv } from '@emall/runtime';
import { Type } from 'typebox';
import { buildApp } from './app.ts';
import { Limits } from './limits/limits.ts';
import { limits as table } from './limits/table.ts';
import { admission } from './proxy/admission.ts';

const url = Type.String({ pattern: '^https?://[^/]+$' });

await runService({
  name: 'gateway',
  env: process.env,
  admission,
  settings: Type.Object({
    ...signingEnv,
    ...redisEnv,
    CATALOG_URL: url,
    CART_URL: url,
    ORDER_URL: url,
    STOREFRONT_URL: url,
    PUBLIC_URL: url,
    TRUSTED_PROXIES: Type.String({ pattern: '^[0-9a-fA-F.:]+(,[0-9a-fA-F.:]+)*$' }),
  }),
  build: ({ config, log, version, protections, onClose }) => {
    const identityKey = Buffer.from(config.IDENTITY_KEY, 'hex');
    const redis = createRedis({ url: config.REDIS_URL, log });
    onClose(() => redis.disconnect());
    return buildApp({
      log,
      version,
      upstreams: { catalog: config.CATALOG_URL, cart: config.CART_URL, order: config.ORDER_URL, storefront: config.STOREFRONT_URL },
      identityKey,
      publicUrl: new URL(config.PUBLIC_URL),
      trustedProxies: config.TRUSTED_PROXIES.split(','),
      limits: protections.has('rate-limits') ? new Limits({ table, redis, identityKey, log }) : undefined,
      guarded: protections.has('admission'),
    });
  },
});
