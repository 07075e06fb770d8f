import { type RawBuilder, sql } from 'kysely';
import type { Match, Part } from '../search/match.ts';
import type { Tier } from '../search/tiers.ts';
import type { Filterable } from './product.ts';

/** An option that is filtered by: a product has one of these facets, such as `colour=Red`. */
export interface Chosen {
  option: Filterable;
  facets: readonly string[];
}

/** What a product must be to be listed. */
export interface Filters {
  /** A category with all below it; undefined is the whole shop. */
  categories: number[] | undefined;
  /** What is searched for: words, and what is chosen. */
  match: Match | undefined;
  chosen: readonly Chosen[];
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

/** Of a part of the shop that was drawn by lot; literals, as the index that has it was made with. */
export function inPart({ of }: Part): RawBuilder<unknown> {
  return sql`(hashint8(p.id) & ${sql.lit(of - 1)}) = 0`;
}

/** Checked on each entry of a walk; the index on words cannot be used for it, which is the point. Without words no row is read. */
export function byRow({ match, chosen }: Filters): RawBuilder<unknown> {
  return match?.byWords ? sql`(p.search @@ ${match.query}::tsquery) is true` : byFacets(chosen);
}

/** Of `product p`, or whatever has facets. */
export function byFacets(chosen: readonly Chosen[]): RawBuilder<unknown> {
  return chosen.length === 0 ? sql`true` : sql.join(chosen.map(({ facets }) => sql`p.facets && ${[...facets]}::text[]`), sql` and `);
}
