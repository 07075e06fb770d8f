import { type Static, Type } from 'typebox';
import { addressSchema, lineSchema, moneySchema, totalsFields } from '../checkout/schema.ts';

export const orderIdParams = Type.Object({ id: Type.String({ format: 'uuid' }) });

const stateSchema = Type.Enum(['awaiting_payment', 'paid', 'accepted', 'shipped', 'cancelled', 'refunded']);

export const orderSchema = Type.Object({
  id: Type.String({ format: 'uuid' }),
  number: Type.String({ description: 'For people, such as EM-7Q4K-2M9D' }),
  state: stateSchema,
  placedAt: Type.String({ format: 'date-time' }),
  email: Type.String(),
  address: addressSchema,
  shippingMethod: Type.Enum(['standard', 'express']),
  lines: Type.Array(lineSchema),
  ...totalsFields,
  payment: Type.Object({
    method: Type.Enum(['card', 'on_delivery']),
    state: Type.Optional(Type.Enum(['opening', 'open', 'paid', 'expired', 'refunding', 'refunded'])),
    url: Type.Optional(Type.String({ description: 'Where the shopper can still pay' })),
    payUntil: Type.Optional(Type.String({ format: 'date-time' })),
    refunded: Type.Optional(moneySchema),
    refunds: Type.Optional(
      Type.Array(Type.Object({ amount: moneySchema, state: Type.Enum(['open', 'done']), at: Type.String({ format: 'date-time' }) }), {
        description: 'What was returned, or is on its way (open), oldest first; also of what was paid twice by mistake',
      }),
    ),
  }),
  cancellable: Type.Boolean(),
});
export type OrderView = Static<typeof orderSchema>;

export const PAGE = 20;

export const listQuery = Type.Object({
  cursor: Type.Optional(Type.String({ format: 'uuid' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50, default: PAGE })),
});

export const orderListSchema = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Type.String({ format: 'uuid' }),
      number: Type.String(),
      state: stateSchema,
      placedAt: Type.String({ format: 'date-time' }),
      total: moneySchema,
      refunded: Type.Optional(moneySchema),
      units: Type.Integer(),
    }),
  ),
  nextCursor: Type.Union([Type.String({ format: 'uuid' }), Type.Null()]),
});
export type OrderList = Static<typeof orderListSchema>;
