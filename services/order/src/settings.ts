import { databaseEnv, identityEnv, signingEnv } from '@emall/runtime';
import { Type } from 'typebox';

const url = Type.String({ pattern: '^https?://[^/?#]+$' });

export const settings = Type.Object({
  ...databaseEnv,
  ...identityEnv,
  ...signingEnv,
  CATALOG_URL: url,
  CART_URL: url,
  PUBLIC_URL: url,
  SHOP_CURRENCY: Type.String({ pattern: '^[A-Z]{3}$' }),
  // Fractions are for tests. Stripe lets a session live for a day at most, and it outlives the hold by as much again; clocks differ.
  HOLD_MINUTES: Type.Number({ exclusiveMinimum: 0, maximum: 700, default: 15 }),
  STRIPE_SECRET_KEY: Type.String({ pattern: '^(sk|rk)_(test|live)_[A-Za-z0-9_]+$' }),
  STRIPE_WEBHOOK_SECRET: Type.String({ pattern: '^whsec_[A-Za-z0-9_+/=]+$' }),
  STRIPE_API_URL: Type.Optional(url),
  MAIL_URL: Type.String({ pattern: '^(file:///[^?#]+|smtps?://[^/?#\\s]+)$' }),
  MAIL_FROM: Type.String({ pattern: '^[^\\s@<>()\\[\\]\\\\,;:"]+@[^\\s@<>()\\[\\]\\\\,;:"]+$' }),
});
