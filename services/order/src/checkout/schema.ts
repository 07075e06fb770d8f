import { type Static, Type } from 'typebox';

// Controls, halves of characters, line separators, and marks that turn the direction of writing.
const CONTROLS = '\\p{Cc}\\p{Cs}\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069';

/** One line of text with something in it, that neither Postgres nor a mail header nor a label would choke on. */
const line = (maxLength: number) => Type.String({ minLength: 1, maxLength, pattern: `^[^${CONTROLS}]*[^\\s${CONTROLS}][^${CONTROLS}]*$` });

export const COUNTRIES = ['GB', 'GG', 'IM', 'JE', 'IE', 'AT', 'BE', 'DE', 'DK', 'ES', 'FI', 'FR', 'IT', 'LU', 'NL', 'PL', 'PT', 'SE'];

export const moneySchema = Type.Object({
  amount: Type.Integer({ minimum: 0, description: 'Minor units, such as pence' }),
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
});
export type Money = Static<typeof moneySchema>;

const LABEL = `[^\\s@.,;:<>"${CONTROLS}]`;

const addressFields = {
  name: line(100),
  line1: line(120),
  line2: line(120),
  city: line(80),
  postcode: Type.String({ minLength: 2, maxLength: 12, pattern: '^[A-Za-z0-9][A-Za-z0-9 -]*$' }),
  country: Type.Enum(COUNTRIES, { description: 'ISO 3166-1 alpha-2' }),
};

export const addressSchema = Type.Object({ ...addressFields, line2: Type.Optional(addressFields.line2) });

const shippingMethod = Type.Enum(['standard', 'express']);

/** What a quote needs of the address is known before all of it is. */
export const quoteRequestSchema = Type.Object({ address: Type.Partial(addressSchema), shippingMethod });
export type QuoteRequest = Static<typeof quoteRequestSchema>;

export const orderRequestSchema = Type.Object({
  email: Type.String({ maxLength: 254, pattern: `^[^\\s@<>()\\[\\]\\\\,;:"${CONTROLS}]{1,64}@${LABEL}+(\\.${LABEL}+)+$` }),
  address: addressSchema,
  shippingMethod,
  paymentMethod: Type.Enum(['card', 'on_delivery']),
  expectedTotal: moneySchema,
});
export type OrderRequest = Static<typeof orderRequestSchema>;

export const idempotencyHeaders = Type.Object({
  'idempotency-key': Type.String({ pattern: '^[\\x21-\\x7e]{8,255}$', description: '8 to 255 visible ASCII characters, new for every order' }),
});

export const lineSchema = Type.Object({
  sku: Type.String(),
  name: Type.String(),
  options: Type.Record(Type.String(), Type.String()),
  picture: Type.Union([
    Type.Object({
      name: Type.String(),
      alt: Type.String(),
      recolour: Type.Union([Type.String(), Type.Null()], { description: 'The colour to show it in; null when it is that of the picture itself' }),
    }),
    Type.Null(),
  ]),
  tint: Type.Union([Type.Integer(), Type.Null()], { description: 'Hue of its tile, 0 to 359; orders placed before it was known have none' }),
  quantity: Type.Integer(),
  price: moneySchema,
  total: moneySchema,
});

export const totalsFields = {
  items: moneySchema,
  shipping: moneySchema,
  tax: moneySchema,
  total: moneySchema,
};

export const quoteSchema = Type.Object({
  lines: Type.Array(Type.Object({ ...lineSchema.properties, available: Type.Integer({ description: 'Free units, at most 99' }) })),
  ...totalsFields,
});
export type Quote = Static<typeof quoteSchema>;

export const placedSchema = Type.Object({
  id: Type.String({ format: 'uuid' }),
  number: Type.String(),
  state: Type.Enum(['awaiting_payment', 'accepted']),
  total: moneySchema,
  payment: Type.Object({
    method: Type.Enum(['card', 'on_delivery']),
    url: Type.Optional(Type.String({ description: 'Where the shopper pays' })),
  }),
  link: Type.String({ description: 'Private link to the order' }),
});
export type Placed = Static<typeof placedSchema>;
