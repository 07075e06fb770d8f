import { Type } from 'typebox';
import { sku } from '../variants/schema.ts';

export const quantity = Type.Integer({ minimum: 1, maximum: 10_000 });

export const linesSchema = Type.Array(Type.Object({ sku, quantity }), { minItems: 1, maxItems: 200 });

export const orderParams = Type.Object({ orderId: Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' }) });

/** Rises with every process that takes a checkout over. Absent where there is only one who can ask. */
const attempt = Type.Integer({ minimum: 1, maximum: 1_000_000_000, description: 'Whoever comes with a lower one than was seen for this order takes and gives back nothing' });

export const releaseQuery = Type.Object({ attempt: Type.Optional(attempt) });

export const reserveBody = Type.Object({
  lines: linesSchema,
  /** Up to a day: a hold takes goods from everybody else. */
  holdSeconds: Type.Integer({ minimum: 1, maximum: 86_400 }),
  attempt: Type.Optional(attempt),
});

const state = Type.Enum(['held', 'committed', 'released']);

export const holdResponse = Type.Object({ orderId: Type.String(), expiresAt: Type.String({ format: 'date-time' }), state });
export const settledResponse = Type.Object({ orderId: Type.String(), state });
