import { Type } from 'typebox';
import { pictureSchema, tintSchema } from '../variants/schema.ts';

/** Refers to itself by its `$id`, so that the contract names it once. */
export const categorySchema = Type.Object(
  {
    slug: Type.String(),
    name: Type.String(),
    description: Type.String({ description: 'A sentence about it, or nothing' }),
    tint: tintSchema,
    picture: Type.Union([pictureSchema, Type.Null()]),
    products: Type.Integer({ description: 'In this category and below it' }),
    children: Type.Array(Type.Ref('Category')),
  },
  { $id: 'Category' },
);

export interface Category {
  slug: string;
  name: string;
  description: string;
  tint: number;
  picture: { name: string; alt: string } | null;
  products: number;
  children: Category[];
}

export const categoriesResponse = Type.Object({ items: Type.Array(Type.Ref('Category')) });
