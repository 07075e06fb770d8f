import { type Static, type TSchema, Type } from 'typebox';
import { object, reader } from '../reader.ts';

/** Everything arrives as text; lists as objects with the keys 0, 1, 2, … */
const text = Type.String({ maxLength: 5000 });
const whole = Type.String({ pattern: '^(0|[1-9][0-9]{0,11})$' });
const currency = Type.String({ pattern: '^[a-z]{3}$' });
const url = Type.String({ pattern: '^https?://', maxLength: 5000 });
const list = <T extends TSchema>(item: T) => Type.Record(Type.String({ pattern: '^[0-9]+$' }), item, { additionalProperties: false });
const metadata = Type.Record(Type.String({ maxLength: 40 }), Type.String({ maxLength: 500 }));

const sessionParams = object({
  mode: Type.Literal('payment'),
  line_items: list(
    object({
      quantity: whole,
      price_data: object({ currency, unit_amount: whole, product_data: object({ name: text, description: Type.Optional(text) }) }),
    }),
  ),
  allowed_payment_method_types: Type.Optional(list(text)),
  adaptive_pricing: Type.Optional(object({ enabled: text })),
  customer_email: Type.Optional(Type.String({ maxLength: 512, pattern: '^\\S+@\\S+$' })),
  client_reference_id: Type.Optional(Type.String({ maxLength: 200 })),
  metadata: Type.Optional(metadata),
  payment_intent_data: Type.Optional(object({ description: Type.Optional(text), metadata: Type.Optional(metadata) })),
  success_url: url,
  cancel_url: Type.Optional(url),
  expires_at: Type.Optional(whole),
});
export type SessionParams = Static<typeof sessionParams>;

const refundParams = object({
  payment_intent: text,
  amount: Type.Optional(whole),
  reason: Type.Optional(Type.Union([Type.Literal('duplicate'), Type.Literal('fraudulent'), Type.Literal('requested_by_customer')])),
  metadata: Type.Optional(metadata),
});
export type RefundParams = Static<typeof refundParams>;

const refundListParams = object({
  payment_intent: Type.Optional(text),
  limit: Type.Optional(Type.String({ pattern: '^([1-9][0-9]?|100)$' })),
  starting_after: Type.Optional(text),
});
export type RefundListParams = Static<typeof refundListParams>;

export const readSessionParams = reader(sessionParams);
export const readRefundParams = reader(refundParams);
export const readRefundListParams = reader(refundListParams);
