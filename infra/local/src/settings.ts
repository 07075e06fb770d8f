import { loadConfig, withoutEnv } from '@emall/runtime';
import { type Static, Type } from 'typebox';

const settings = {
  /** Where the edge listens; everything else takes a free port. */
  EMALL_PORT: Type.Integer({ minimum: 1, maximum: 65_535, default: 8080 }),
  /** Builds the links that leave the shop. */
  EMALL_PUBLIC_URL: Type.Optional(Type.String({ pattern: '^https?://([A-Za-z0-9.-]+|\\[[0-9a-fA-F:.]+\\])(:\\d{1,5})?$' })),
  /** An administrator's address of a server that replaces the embedded Postgres. */
  DATABASE_URL: Type.Optional(Type.String({ pattern: '^postgres(ql)?://[^/]+/.+' })),
  REDIS_URL: Type.Optional(Type.String({ pattern: '^rediss?://' })),
  /** Both together replace the payment sandbox by the real provider. */
  STRIPE_SECRET_KEY: Type.Optional(Type.String({ pattern: '^(sk|rk)_' })),
  STRIPE_WEBHOOK_SECRET: Type.Optional(Type.String({ pattern: '^whsec_' })),
  /** Sends what otherwise lies in a folder. */
  SMTP_URL: Type.Optional(Type.String({ pattern: '^smtps?://[^/?#\\s]+$' })),
  MAIL_FROM: Type.String({ pattern: '^[^\\s@]+@[^\\s@]+$', default: 'orders@e-mall.example' }),
  SHOP_CURRENCY: Type.String({ pattern: '^[A-Z]{3}$', default: 'GBP' }),
  HOLD_MINUTES: Type.Number({ exclusiveMinimum: 0, maximum: 700, default: 15 }),
  /** Protections to leave out, for `emall incident`. */
  EMALL_WITHOUT: withoutEnv.WITHOUT,
  LOG_LEVEL: Type.Enum(['trace', 'debug', 'info', 'warn', 'error'], { default: 'info' }),
};

const schema = Type.Object(settings, {
  dependencies: { STRIPE_SECRET_KEY: ['STRIPE_WEBHOOK_SECRET'], STRIPE_WEBHOOK_SECRET: ['STRIPE_SECRET_KEY'] },
});

export type Settings = Static<typeof schema>;

/** @throws ConfigError that names every fault at once */
export function loadSettings(env: NodeJS.ProcessEnv): Settings {
  return loadConfig(schema, env);
}

export function publicUrl(settings: Settings): string {
  return settings.EMALL_PUBLIC_URL ?? `http://127.0.0.1:${settings.EMALL_PORT}`;
}
