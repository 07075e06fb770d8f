import type { CategoryTree } from '../categories/tree.ts';
import type { Browse } from '../database.ts';
import { listProducts } from '../products/listing.ts';
import { toItem } from '../products/show.ts';
import { type Alternatives, toMatch } from './match.ts';
import { readTerms } from './queries.ts';
import { understand } from './resolve.ts';
import { wordsOf } from './words.ts';

const ITEMS = 6;
const CATEGORIES = 3;

/** What somebody who is still typing may want: the last word is taken for the beginning of one. */
export async function suggest(db: Browse, tree: CategoryTree, q: string) {
  const words = wordsOf(q);
  const begun = words.at(-1);
  if (begun === undefined) return { items: [], words: [], categories: [] };
  const known = await readTerms(db, { words, facets: [], begun });
  const before = known.words.slice(0, -1).filter(({ term }) => term !== null).map(understand);
  const last: Alternatives | undefined = known.begun.length > 0
    ? { terms: [...new Set(known.begun.map(({ term }) => term))], products: known.begun.reduce((sum, { termProducts }) => sum + termProducts, 0) }
    : known.words.slice(-1).map(understand)[0];
  const wanted = [...before, last].filter((each) => each !== undefined);
  const match = wanted.length > before.length ? toMatch({ words: wanted, filters: [], products: known.products, within: undefined }) : undefined;
  const { rows } = match ? await listProducts(db, { categories: undefined, match, chosen: [], min: undefined, max: undefined, inStock: false, sort: 'featured', after: undefined, limit: ITEMS }) : { rows: [] };
  return {
    items: rows.map((row) => toItem(row, tree)),
    words: known.begun.map(({ word }) => [...words.slice(0, -1), word].join(' ')),
    categories: tree.startingWith(begun).slice(0, CATEGORIES).map(({ slug, name }) => ({ slug, name })),
  };
}
