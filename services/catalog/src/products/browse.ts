import { notFound } from '@emall/runtime';
import type { CategoryRow, CategoryTree } from '../categories/tree.ts';
import type { Browse } from '../database.ts';
import { toMatch, type Alternatives } from '../search/match.ts';
import { NOTHING, type Resolved, resolve } from '../search/resolve.ts';
import { wordsOf } from '../search/words.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { countSets } from './facet-sets.ts';
import type { Filters } from './filters.ts';
import { hitsOf, type Listing, listProducts, orderOf } from './listing.ts';
import { facetTerm, FILTERABLE, type Filterable } from './product.ts';
import type { ListQuery } from './schema.ts';
import { toItem } from './show.ts';
import { countCategory, countMatches, countShop, type SummaryFilters, toSummary } from './summary.ts';

/** A listing as it was asked for, with everything that does not change what is listed left out. */
export interface Wish {
  category: CategoryRow | undefined;
  /** Undefined when nothing was searched for. */
  words: string[] | undefined;
  chosen: { option: Filterable; values: string[] }[];
  min: number | undefined;
  max: number | undefined;
  inStock: boolean;
  sort: ListQuery['sort'] & string;
}

/** @throws notFound (404) for a category that does not exist */
export function toWish(query: ListQuery, tree: CategoryTree): Wish {
  const category = query.category === undefined ? undefined : tree.find(query.category);
  if (query.category !== undefined && !category) throw notFound({ detail: 'There is no such category.' });
  return {
    category,
    words: query.q?.trim() ? wordsOf(query.q) : undefined,
    chosen: FILTERABLE.flatMap((option) => (query[option]?.length ? [{ option, values: [...new Set(query[option])].sort() }] : [])),
    min: query.min,
    max: query.max,
    inStock: query.in_stock ?? false,
    sort: query.sort ?? 'featured',
  };
}

/** Names the list: the same for the same wish, in whatever order its filters were given. */
export function nameOf({ category, ...wish }: Wish): string {
  return JSON.stringify([category?.slug, wish.words, wish.chosen.map(({ option, values }) => [option, values]), wish.min, wish.max, wish.inStock, wish.sort]);
}

export interface Page {
  cursor: string | undefined;
  limit: number;
}

/** One page; the first one comes with the total and the facets. */
export async function browse(db: Browse, tree: CategoryTree, wish: Wish, { cursor, limit }: Page) {
  const understood = wish.words || wish.chosen.length > 0 ? await resolve(db, termsOf(wish)) : NOTHING;
  if (understood.hopeless || (wish.words && understood.words.length === 0)) return { items: [], nextCursor: null, total: 0, totalIsExact: true, facets: [] };
  const filters = toFilters(wish, tree, understood);
  const list = nameOf(wish);
  const after = cursor === undefined ? undefined : decodeCursor(cursor, list, orderOf({ sort: wish.sort, match: filters.match }));
  const listing = { ...filters, sort: wish.sort, after, limit: limit + 1, colours: valuesOf(wish, 'colour') };
  const counted = isPlain(filters) ? undefined : toCounted(wish, listing, (option) => toFilters(wish, tree, understood, option));
  const { rows, summary } = await listProducts(db, listing, after ? undefined : counting(wish, counted));
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  return {
    items: items.map((row) => toItem(row, tree)),
    nextCursor: last ? encodeCursor({ key: last.sort_key, id: last.id }, list) : null,
    ...(summary && toSummary(summary, counted)),
    ...(understood.corrected !== undefined && { corrected: understood.corrected }),
  };
}

function counting({ category }: Wish, counted: SummaryFilters | undefined) {
  if (!counted) return category ? countCategory(category) : countShop();
  return isChosen(counted) ? countSets(category?.id, counted.chosen, countMatches(counted)) : countMatches(counted);
}

function toCounted({ chosen }: Wish, listing: Listing, filtersWithout: (option: Filterable) => Filters): SummaryFilters {
  return { ...listing, hits: hitsOf(listing), without: chosen.map(({ option }) => ({ option, filters: filtersWithout(option) })) };
}

/** A category or the shop as a whole. */
function isPlain({ match, ...filters }: Filters): boolean {
  return !match && isUnpriced(filters);
}

/** What options tell apart, and nothing else. */
function isChosen({ match, ...filters }: Filters): boolean {
  return match !== undefined && !match.byWords && isUnpriced(filters);
}

function isUnpriced({ min, max, inStock }: Omit<Filters, 'match'>): boolean {
  return min === undefined && max === undefined && !inStock;
}

function valuesOf({ chosen }: Wish, option: Filterable): string[] {
  return chosen.find((each) => each.option === option)?.values ?? [];
}

function termsOf({ category, words = [], chosen }: Wish) {
  return { words, category: category?.id, facets: chosen.flatMap(({ option, values }) => values.map((value) => facetTerm(option, value))) };
}

/** @param except an option whose filter is left out */
function toFilters({ category, chosen, min, max, inStock }: Wish, tree: CategoryTree, understood: Resolved, except?: Filterable): Filters {
  const kept = chosen.filter(({ option }) => option !== except).map(({ option, values }) => ({ option, facets: values.map((value) => facetTerm(option, value)) }));
  const facets = kept.map(({ facets: terms }): Alternatives => {
    const known = terms.map((term) => understood.facets[term]).filter((each) => each !== undefined);
    const sum = (of: 'products' | 'within') => known.reduce((total, each) => total + each[of], 0);
    return { terms: [...terms], products: sum('products'), ...(category && { within: sum('within') }) };
  });
  const categories = category && tree.within(category.id);
  const within = category && categories && { categories: categories.length, products: category.products };
  return {
    categories,
    match: toMatch({ words: understood.words, filters: facets, products: understood.products, within }),
    chosen: kept,
    min,
    max,
    inStock,
  };
}
