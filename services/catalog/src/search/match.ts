import { hasTier, type Tier, TIERS } from './tiers.ts';

/** The best that a search ranks; ranking all that a frequent word finds takes a second in a million products. */
export const CANDIDATES = 100;

/** A page beyond the candidates. */
const BEYOND = 25;
/** So many are read one and all, by the index on words: 3 µs each. */
const FEW = 1000;

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
  /** No more products match than have the rarest of it, as far as that is known without counting. */
  atMost: number;
  /** At least so many products match, as far as that is known without counting. */
  atLeast: number;
  /** So many would match if its words, filters and category had nothing to do with each other. */
  expected: number;
  /** How many products the shop has. */
  products: number;
}

/**
 * The tiers in which the best `wanted` of what matches are looked for, the smallest first, before all products are. Each that
 * has too few costs fewer rows than are wanted, and the first that has enough at most as many more as it is larger than the one
 * before: 500 or so, in a shop of any size, and however words, categories and best sellers go together. None when few match anyway.
 */
export function tiersFor({ atMost, products }: Pick<Match, 'atMost' | 'products'>, wanted = CANDIDATES + BEYOND): Tier[] {
  if (atMost <= FEW) return [];
  return TIERS.flatMap((size, i) => {
    const tier = i as Tier;
    return hasTier(tier, products) && atMost * size >= wanted * products ? [tier] : [];
  });
}

/** The tier in which so many are counted: to have too few in one costs nearly as many rows, so it is not tried in vain. */
export function tierToCount({ atMost, expected, products }: Match, wanted: number): Tier[] {
  return tiersFor({ atMost, products }, wanted).filter((tier) => expected * TIERS[tier] >= 1.5 * wanted * products).slice(0, 1);
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

/**
 * What an order other than by relevance walks along is chosen by the rows it reads, at 1 to 3 µs each: all that match, found by
 * the index; or along the order, in the shop or in each category, as many as it takes to meet enough that match.
 */
export function toMatch({ words, filters, products, within }: Wanted): Match | undefined {
  const all = [...words, ...filters];
  if (all.length === 0) return undefined;
  const inShop = all.reduce((product, each) => product * Math.min(1, each.products / Math.max(1, products)), 1);
  const share = inShop * (within ? Math.min(1, within.products / Math.max(1, products)) : 1);
  const walked = CANDIDATES / Math.max(inShop, Number.EPSILON);
  const walking = within ? Math.min(within.categories * walked, within.products) : walked;
  const [only] = all;
  return {
    query: conjunction(all),
    nameQuery: conjunction(words, ':A'),
    byWords: words.length > 0,
    walk: walking < FOUND_ROW_COSTS * share * products,
    atMost: Math.min(...all.map((each) => each.products), within?.products ?? Infinity),
    expected: share * products,
    atLeast: all.length === 1 && only?.terms.length === 1 && !within ? only.products : 0,
    products,
  };
}

function conjunction(all: Alternatives[], weight = ''): string {
  return all.map(({ terms }) => `(${terms.map((term) => quote(term) + weight).join('|')})`).join('&');
}

/** A term taken literally: tsquery knows two characters within quotes. */
function quote(term: string): string {
  return `'${term.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
