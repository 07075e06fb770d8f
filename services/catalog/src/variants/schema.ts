import { Type } from 'typebox';
import { moneySchema } from '../money.ts';

export const sku = Type.String({ pattern: '^[A-Za-z0-9._-]{1,40}$' });

export const pictureSchema = Type.Object({ name: Type.String(), alt: Type.String() });

export const variantPictureSchema = Type.Object({
  ...pictureSchema.properties,
  recolour: Type.Union([Type.String(), Type.Null()], { description: 'The colour to show it in; null when it is that of the picture itself' }),
});

export const tintSchema = Type.Integer({ description: 'Hue of its tile, 0 to 359' });

export const optionsSchema = Type.Record(Type.String(), Type.String());

export const variantsQuery = Type.Object({ sku: Type.Array(sku, { minItems: 1, maxItems: 100 }) });

export const variantsResponse = Type.Object({
  items: Type.Array(
    Type.Object({
      sku: Type.String(),
      slug: Type.String(),
      name: Type.String(),
      options: optionsSchema,
      picture: Type.Union([variantPictureSchema, Type.Null()]),
      tint: tintSchema,
      price: moneySchema,
      available: Type.Integer({ description: 'Free units, 99 when there are more' }),
    }),
  ),
});

export const pricesBody = Type.Object({
  lines: Type.Array(Type.Object({ sku, quantity: Type.Integer({ minimum: 1, maximum: 10_000 }) }), { minItems: 1, maxItems: 200 }),
});

export const pricesResponse = Type.Object({
  lines: Type.Array(
    Type.Object({
      sku: Type.String(),
      name: Type.String(),
      options: optionsSchema,
      picture: Type.Union([variantPictureSchema, Type.Null()]),
      tint: tintSchema,
      quantity: Type.Integer(),
      price: moneySchema,
      available: Type.Integer(),
    }),
  ),
  unknown: Type.Array(Type.String()),
});
