import { type RawBuilder, sql } from 'kysely';
import type { Match } from '../search/match.ts';
import type { Tier } from '../search/tiers.ts';

/** What a product must be to be listed. */
export interface Filters {
  /** A category with all below it; undefined is the whole shop. */
  categories: number[] | undefined;
  match: Match | undefined;
  min: number | undefined;
  max: number | undefined;
  inStock: boolean;
}

/** Conditions on `product p`, without category and words. */
export function conditions({ min, max, inStock }: Filters): RawBuilder<unknown> {
  const all = [
    min !== undefined && sql`p.price_from >= ${min}::int`,
    max !== undefined && sql`p.price_from <= ${max}::int`,
    inStock && sql`p.in_stock`,
  ].filter((each) => each !== false);
  return all.length === 0 ? sql`true` : sql.join(all, sql` and `);
}

/** Found by the index on words, which has categories as well. */
export function byIndex({ query }: Match, { categories }: Filters): RawBuilder<unknown> {
  const words = sql`p.search @@ ${query}::tsquery`;
  return categories ? sql`${words} and array[p.category_id] && ${categories}::int[]` : words;
}

/** Of a tier of best sellers; a literal, so that the planner knows which index has them. */
export function inTier(tier: Tier): RawBuilder<unknown> {
  return sql`p.tier <= ${sql.lit(tier)}`;
}

/** Checked on each row of a walk; the index on words cannot be used for it, which is the point. */
export function byRow(match: Match | undefined): RawBuilder<unknown> {
  return match ? sql`(p.search @@ ${match.query}::tsquery) is true` : sql`true`;
}
