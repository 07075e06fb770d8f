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
  /** Walking along the best sellers fills a page sooner than the index finds everything that matches. */
  walk: boolean;
  /** At least so many products match, as far as that is known without counting. */
  atLeast: number;
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
 * Chooses the way by the rows it reads, at 1 to 2 µs each: all that match, found by the index; or, along the best sellers
 * of the shop or of each category, as many as it takes to meet enough that match.
 */
export function toMatch({ words, filters, products, within }: Wanted): Match | undefined {
  const all = [...words, ...filters];
  if (all.length === 0) return undefined;
  const share = all.reduce((product, each) => product * Math.min(1, each.products / Math.max(1, products)), 1);
  const walked = CANDIDATES / Math.max(share, Number.EPSILON);
  const [only] = all;
  return {
    query: conjunction(all),
    nameQuery: conjunction(words, ':A'),
    byWords: words.length > 0,
    walk: (within ? Math.min(within.categories * walked, within.products) : walked) < FOUND_ROW_COSTS * share * products,
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
