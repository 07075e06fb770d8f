import { type Tier, TIERS } from './tiers.ts';

/** The best that a search ranks; ranking all that a frequent word finds takes a second in a million products. */
export const CANDIDATES = 100;

/** What is searched for, ready for the index. */
export interface Match {
  /** tsquery text: every word, or one of the words meant by a misspelt one; every filter, or one of its values. */
  query: string;
  /** The same words, in names only. */
  nameQuery: string;
  /** Whether there are words in it, not filters alone. */
  byWords: boolean;
  /** Walking along the index of an order fills a page sooner than the index on words finds everything that matches. */
  walk: boolean;
  /** The shortest way to the best sellers that match: among all that do, along all best sellers, or in a tier of them by its own index. */
  way: 'index' | 'walk' | Tier;
  /** At least so many products match, as far as that is known without counting. */
  atLeast: number;
  /** What part of all products is expected to match, in the category that is listed, too. */
  share: number;
  /** How many products the shop has. */
  products: number;
}

/** Words are not spread evenly over best sellers: so many times what is needed is looked for among them. */
const SAFETY = 2.5;

/** The smallest tier of best sellers that is expected to have `wanted` that match; none when only all products have so many. */
export function tierFor({ share, products }: Pick<Match, 'share' | 'products'>, wanted: number): Tier | undefined {
  const tier = TIERS.findIndex((size) => products > 3 * size && share * size >= SAFETY * wanted);
  return tier < 0 ? undefined : (tier as Tier);
}

/** Terms of which one will do, with how many products have them. */
export interface Alternatives {
  terms: string[];
  products: number;
}

export interface Wanted {
  words: Alternatives[];
  filters: Alternatives[];
  /** How many products the shop has. */
  products: number;
  /** The category that is listed: how many there are with those below it, and of how many products. */
  within: { categories: number; products: number } | undefined;
}

/** A row that the index finds is fetched, judged and sorted; one that is walked past is only looked at. */
const FOUND_ROW_COSTS = 2;
/** A page beyond the candidates. */
const BEYOND = 25;

/**
 * Chooses the way by the rows it reads, at 1 to 2 µs each: all that match, found by the index; along the best sellers of the
 * shop or of each category, as many as it takes to meet enough that match; or those that match in a tier of best sellers.
 * In a million products the first two read 14,000 rows at worst, the last one reads a thousand.
 */
export function toMatch({ words, filters, products, within }: Wanted): Match | undefined {
  const all = [...words, ...filters];
  if (all.length === 0) return undefined;
  const inShop = all.reduce((product, each) => product * Math.min(1, each.products / Math.max(1, products)), 1);
  const share = inShop * (within ? Math.min(1, within.products / Math.max(1, products)) : 1);
  const walked = CANDIDATES / Math.max(inShop, Number.EPSILON);
  const walking = within ? Math.min(within.categories * walked, within.products) : walked;
  const finding = FOUND_ROW_COSTS * inShop * products;
  const tier = tierFor({ share, products }, CANDIDATES + BEYOND);
  const tiered = tier === undefined ? Infinity : FOUND_ROW_COSTS * inShop * (TIERS[tier] ?? Infinity);
  const [only] = all;
  return {
    query: conjunction(all),
    nameQuery: conjunction(words, ':A'),
    byWords: words.length > 0,
    walk: walking < finding,
    way: tier !== undefined && tiered < walking && tiered < finding ? tier : walking < finding ? 'walk' : 'index',
    share,
    products,
    atLeast: all.length === 1 && only?.terms.length === 1 && !within ? only.products : 0,
  };
}

function conjunction(all: Alternatives[], weight = ''): string {
  return all.map(({ terms }) => `(${terms.map((term) => quote(term) + weight).join('|')})`).join('&');
}

/** A term taken literally: tsquery knows two characters within quotes. */
function quote(term: string): string {
  return `'${term.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
