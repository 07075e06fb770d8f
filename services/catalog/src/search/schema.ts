import { Type } from 'typebox';
import { moneySchema } from '../money.ts';
import { pictureSchema, tintSchema } from '../variants/schema.ts';

export const suggestionsQuery = Type.Object({ q: Type.String({ minLength: 1, maxLength: 100, description: 'What has been typed so far' }) });

export const suggestionsResponse = Type.Object({
  items: Type.Array(
    Type.Object({
      slug: Type.String(),
      name: Type.String(),
      picture: Type.Union([pictureSchema, Type.Null()]),
      tint: tintSchema,
      price: moneySchema,
    }),
  ),
  words: Type.Array(Type.String({ description: 'The query with its last word complete' })),
  categories: Type.Array(Type.Object({ slug: Type.String(), name: Type.String() })),
});
