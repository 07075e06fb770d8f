import { hasTier, type Tier, TIERS } from './tiers.ts';

/** The best that a search ranks; ranking all that a frequent word finds takes a second in a million products. */
export const CANDIDATES = 100;

/** The candidates and a page beyond them. */
export const BEST = CANDIDATES + 25;
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
  /** How many entries of the order's indexes are passed on the way. */
  walked: number;
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
export function tiersFor({ atMost, products }: Pick<Match, 'atMost' | 'products'>, wanted = BEST, few = FEW): Tier[] {
  if (atMost <= few) return [];
  return TIERS.flatMap((size, i) => {
    const tier = i as Tier;
    return hasTier(tier, products) && atMost * size >= wanted * products ? [tier] : [];
  });
}

/** Beyond this many a shopper wants another filter, not the exact number. */
export const COUNTED = 1000;
/** A part of the shop that was drawn by lot and has an index on words of its own. */
export interface Part {
  /** One in so many products is in it: a power of two. */
  of: 16 | 64;
  /** So many of it stand for more than a thousand: where a thousand match they would be 63 or 16, and these lie 13 and 21 sigma above. */
  sample: number;
}

const PARTS: readonly Part[] = [{ of: 64, sample: 101 }, { of: 16, sample: 167 }];

/** The smallest part in which a sample of what matches is expected to be, with half as much to spare; none where all are to be counted. */
export function partToCount({ expected }: Pick<Match, 'expected'>): Part | undefined {
  return PARTS.find(({ of, sample }) => expected >= 1.5 * sample * of);
}

/** Terms of which one will do, with how many products have them. */
export interface Alternatives {
  terms: string[];
  products: number;
  /** In the category that is listed, where that is known. */
  within?: number;
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
/** Without words nothing is fetched on a walk. */
const FOUND_ENTRY_COSTS = 20;

/**
 * What an order other than by relevance walks along is chosen by the rows it reads, at 1 to 3 µs each: all that match, found by
 * the index; or along the order, in the shop or in each category, as many as it takes to meet enough that match.
 */
export function toMatch({ words, filters, products, within }: Wanted): Match | undefined {
  const all = [...words, ...filters];
  if (all.length === 0) return undefined;
  const listed = within?.products ?? products;
  const share = all.reduce((product, each) => product * shareOf(each, { products, within }), 1);
  const each = CANDIDATES / Math.max(share, Number.EPSILON);
  const walked = Math.min((within?.categories ?? 1) * each, listed);
  const expected = share * listed;
  const [only] = all;
  return {
    query: conjunction(all),
    nameQuery: conjunction(words, ':A'),
    byWords: words.length > 0,
    walked,
    walk: walked < (words.length > 0 ? FOUND_ROW_COSTS : FOUND_ENTRY_COSTS) * expected,
    atMost: Math.min(...all.map((one) => (within && one.within) ?? one.products), listed),
    expected,
    atLeast: all.length === 1 && only?.terms.length === 1 && !within ? only.products : 0,
    products,
  };
}

/** Of what is listed: known for a category, or as in the shop. */
function shareOf(each: Alternatives, { products, within }: Pick<Wanted, 'products' | 'within'>): number {
  const [some, all] = within && each.within !== undefined ? [each.within, within.products] : [each.products, products];
  return Math.min(1, some / Math.max(1, all));
}

function conjunction(all: Alternatives[], weight = ''): string {
  return all.map(({ terms }) => `(${terms.map((term) => quote(term) + weight).join('|')})`).join('&');
}

/** A term taken literally: tsquery knows two characters within quotes. */
function quote(term: string): string {
  return `'${term.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
