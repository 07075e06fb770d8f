import { Type } from 'typebox';
import { pictureSchema } from '../variants/schema.ts';

/** Refers to itself by its `$id`, so that the contract names it once. */
export const categorySchema = Type.Object(
  {
    slug: Type.String(),
    name: Type.String(),
    tint: Type.Integer({ description: 'Hue of its tiles, 0 to 359' }),
    picture: Type.Union([pictureSchema, Type.Null()]),
    products: Type.Integer({ description: 'In this category and below it' }),
    children: Type.Array(Type.Ref('Category')),
  },
  { $id: 'Category' },
);

export interface Category {
  slug: string;
  name: string;
  tint: number;
  picture: { name: string; alt: string } | null;
  products: number;
  children: Category[];
}

export const categoriesResponse = Type.Object({ items: Type.Array(Type.Ref('Category')) });
