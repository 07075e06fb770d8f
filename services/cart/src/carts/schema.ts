import { type Static, Type } from 'typebox';

export const MAX_QUANTITY = 99;
export const MAX_LINES = 100;

export const skuSchema = Type.String({ pattern: '^[A-Za-z0-9._-]{1,40}$' });

export const moneySchema = Type.Object({ amount: Type.Integer(), currency: Type.String() });

export const problemKinds = ['sold-out', 'only-n-left', 'removed', 'price-changed'] as const;

export const lineSchema = Type.Object({
  sku: Type.String(),
  slug: Type.Union([Type.String(), Type.Null()], { description: 'Product page; null once catalog no longer knows the SKU' }),
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
  tint: Type.Union([Type.Integer(), Type.Null()], { description: 'Hue of its tile, 0 to 359; null once catalog no longer knows the SKU' }),
  quantity: Type.Integer({ minimum: 1, maximum: MAX_QUANTITY }),
  price: Type.Object(moneySchema.properties, { description: 'Of one piece, today' }),
  available: Type.Integer({ minimum: 0, description: 'How many can be bought, at most 99' }),
  total: Type.Object(moneySchema.properties, { description: 'Of the pieces that can be bought' }),
  problem: Type.Optional(Type.Enum([...problemKinds])),
  priceWas: Type.Optional(Type.Object(moneySchema.properties, { description: 'When the line was last touched, if it was another' })),
});

const versionSchema = Type.String({ description: 'Opaque. Another one after every change, never one that this shopper has seen before; 0 while there is no cart' });

export const cartSchema = Type.Object({
  version: versionSchema,
  lines: Type.Array(lineSchema),
  subtotal: Type.Object(moneySchema.properties, { description: 'Of what can be bought' }),
});

export const cartResponse = {
  description: 'The cart',
  headers: { 'emall-cart-items': Type.Integer({ description: 'Sum of all quantities' }) },
  content: { 'application/json': { schema: cartSchema } },
};

/** In the order in which they came into the cart. */
export const contentsSchema = Type.Object({
  version: versionSchema,
  lines: Type.Array(Type.Object({ sku: Type.String(), quantity: Type.Integer({ minimum: 1, maximum: MAX_QUANTITY }) })),
});

export const clearSchema = Type.Object({
  orderId: Type.String({ minLength: 1, maxLength: 64 }),
  lines: Type.Array(Type.Object({ sku: skuSchema, quantity: Type.Integer({ minimum: 1, maximum: MAX_QUANTITY }) }), { maxItems: MAX_LINES }),
});

export type Money = Static<typeof moneySchema>;
export type Line = Static<typeof lineSchema>;
export type Cart = Static<typeof cartSchema>;
export type Contents = Static<typeof contentsSchema>;
