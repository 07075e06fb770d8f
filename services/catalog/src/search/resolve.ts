import type { Browse } from '../database.ts';
import { meant } from './distance.ts';
import type { Alternatives } from './match.ts';
import { type FacetRow, readTerms, type WordRow } from './queries.ts';

export interface Resolved {
  words: Alternatives[];
  /** By facet term. */
  facets: Record<string, Pick<FacetRow, 'products' | 'within'>>;
  products: number;
  /** The query as it was understood, when that is not how it was written. */
  corrected: string | undefined;
  /** Some word is in no product and like none that is: nothing can be found. */
  hopeless: boolean;
}

/** Turns what was typed into terms of the index. Words that every text has are left out. */
export async function resolve(db: Browse, asked: { words: string[]; facets: string[]; category?: number | undefined }): Promise<Resolved> {
  const known = await readTerms(db, asked);
  const understood = known.words.filter(({ term }) => term !== null).map(understand);
  const mended = known.words.map((row) => (row.similar.length > 0 ? (meant(row.word, row.similar)?.word ?? row.word) : row.word));
  return {
    words: understood.filter((each) => each !== undefined),
    facets: Object.fromEntries(known.facets.map(({ term, products, within }) => [term, { products, within }])),
    products: known.products,
    corrected: mended.some((word, i) => word !== known.words[i]?.word) ? mended.join(' ') : undefined,
    hopeless: understood.includes(undefined),
  };
}

/** A word as a term of the index; undefined when nothing is like it. */
export function understand({ word, term, products, similar }: WordRow): Alternatives | undefined {
  if (products > 0 && term !== null) return { terms: [term], products };
  const guess = meant(word, similar);
  return guess && { terms: [guess.term], products: guess.termProducts };
}

/** Nothing was typed. */
export const NOTHING: Resolved = { words: [], facets: {}, products: 0, corrected: undefined, hopeless: false };
