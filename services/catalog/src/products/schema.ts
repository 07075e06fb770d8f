import { type Static, Type } from 'typebox';
import { HIGHEST_PRICE, moneySchema } from '../money.ts';
import { optionsSchema, pictureSchema, tintSchema, variantPictureSchema } from '../variants/schema.ts';
import { FILTERABLE, type Filterable } from './product.ts';
import { sortSchema } from './sort.ts';

const slug = Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 100 });
const chosen = Type.Array(Type.String({ minLength: 1, maxLength: 60 }), { maxItems: 20 });
const amount = Type.Integer({ minimum: 0, maximum: HIGHEST_PRICE, description: 'In minor units' });

export const listQuery = Type.Object({
  category: Type.Optional(slug),
  q: Type.Optional(Type.String({ maxLength: 200, description: 'Words; slips of the finger are understood' })),
  sort: Type.Optional(sortSchema),
  cursor: Type.Optional(Type.String({ maxLength: 400, description: 'nextCursor of the page before, with the same filters and order' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 24 })),
  min: Type.Optional(amount),
  max: Type.Optional(amount),
  in_stock: Type.Optional(Type.Boolean({ default: false })),
  ...(Object.fromEntries(FILTERABLE.map((option) => [option, Type.Optional(chosen)])) as Record<Filterable, ReturnType<typeof Type.Optional<typeof chosen>>>),
});
export type ListQuery = Static<typeof listQuery>;

export const itemSchema = Type.Object({
  slug: Type.String(),
  name: Type.String(),
  picture: Type.Union([variantPictureSchema, Type.Null()], { description: 'In a list filtered by colour: in one of those' }),
  category: Type.Union([Type.String(), Type.Null()]),
  tint: tintSchema,
  price: moneySchema,
  priceVaries: Type.Boolean({ description: 'Whether some variants cost more' }),
  was: Type.Union([moneySchema, Type.Null()]),
  available: Type.Boolean(),
  variants: Type.Integer(),
});
export type Item = Static<typeof itemSchema>;

export const facetSchema = Type.Object({
  name: Type.String(),
  values: Type.Array(Type.Object({ value: Type.String(), count: Type.Integer() })),
});

export const listResponse = Type.Object({
  items: Type.Array(itemSchema),
  nextCursor: Type.Union([Type.String(), Type.Null()]),
  total: Type.Optional(Type.Integer({ description: 'On the first page: how many there are; 1000 and totalIsExact false when there are more' })),
  totalIsExact: Type.Optional(Type.Boolean()),
  facets: Type.Optional(Type.Array(facetSchema)),
  corrected: Type.Optional(Type.String({ description: 'How the words were understood, when not as they were written' })),
});

export const productParams = Type.Object({ slug });

const named = Type.Object({ slug: Type.String(), name: Type.String() });

export const productResponse = Type.Object({
  slug: Type.String(),
  name: Type.String(),
  description: Type.String(),
  details: Type.Array(Type.Object({ name: Type.String(), value: Type.String() })),
  category: Type.Union([named, Type.Null()]),
  trail: Type.Array(named),
  tint: tintSchema,
  pictures: Type.Array(pictureSchema),
  variants: Type.Array(
    Type.Object({
      sku: Type.String(),
      options: optionsSchema,
      picture: Type.Union([variantPictureSchema, Type.Null()]),
      price: moneySchema,
      was: Type.Union([moneySchema, Type.Null()]),
      available: Type.Integer({ description: 'Free units, 99 when there are more' }),
    }),
  ),
});
export type ProductAnswer = Static<typeof productResponse>;
