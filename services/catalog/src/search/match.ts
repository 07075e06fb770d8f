/** The best that a search ranks; ranking all that a frequent word finds takes a second in a million products. */
export const CANDIDATES = 120;

/** What is searched for, ready for the index. */
export interface Match {
  /** tsquery text: every word, or one of the words meant by a misspelt one; every filter, or one of its values. */
  query: string;
  /** The same words, in names only. */
  nameQuery: string;
  /** Whether there are words in it, not filters alone. */
  byWords: boolean;
  /** So many products match, in the category that is listed, that a walk along the best sellers fills a page sooner than the index finds them all. */
  frequent: boolean;
}

/** Terms of which one will do, with how many products have them. */
export interface Alternatives {
  terms: string[];
  products: number;
}

export interface Wanted {
  words: Alternatives[];
  filters: Alternatives[];
  /** How many products the shop has, and how many of them the category that is listed. */
  products: number;
  within: number;
}

/**
 * Chooses the way by what it costs, measured at 1 µs a row for both: reading all m matches by the index, or walking
 * n/m rows for each of the candidates. They meet at m = √(candidates × n).
 */
export function toMatch({ words, filters, products, within }: Wanted): Match | undefined {
  const all = [...words, ...filters];
  if (all.length === 0) return undefined;
  const share = all.reduce((product, each) => product * Math.min(1, each.products / Math.max(1, products)), within / Math.max(1, products));
  return {
    query: conjunction(all),
    nameQuery: conjunction(words, ':A'),
    byWords: words.length > 0,
    frequent: share * products > Math.sqrt(CANDIDATES * products),
  };
}

function conjunction(all: Alternatives[], weight = ''): string {
  return all.map(({ terms }) => `(${terms.map((term) => quote(term) + weight).join('|')})`).join('&');
}

/** A term taken literally: tsquery knows two characters within quotes. */
function quote(term: string): string {
  return `'${term.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
