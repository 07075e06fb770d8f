import { Type } from 'typebox';

export const sortSchema = Type.Enum(['featured', 'newest', 'price-asc', 'price-desc', 'name'], { default: 'featured' });
export type Sort = 'featured' | 'newest' | 'price-asc' | 'price-desc' | 'name';

/** Of Postgres' `int`. */
export const GREATEST_INT = 2_147_483_647;

/** Each order is total (ties are broken by id) and runs along an index, forwards or backwards. */
export interface Order {
  column: 'popularity' | 'id' | 'price_from' | 'name_key' | 'score';
  type: 'int' | 'bigint' | 'text';
  descending: boolean;
}

export const orders: Record<Sort, Order> = {
  featured: { column: 'popularity', type: 'int', descending: true },
  newest: { column: 'id', type: 'bigint', descending: true },
  'price-asc': { column: 'price_from', type: 'int', descending: false },
  'price-desc': { column: 'price_from', type: 'int', descending: true },
  name: { column: 'name_key', type: 'text', descending: false },
};

/** Found by words, `featured` means: what fits best. */
export const relevance: Order = { column: 'score', type: 'bigint', descending: true };
