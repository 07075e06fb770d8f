import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { World } from '../load/operations.ts';
import type { Address } from '../load/wire.ts';
import type { BenchShop } from './shop.ts';

/** Fills the shop to exactly `products` of the seeded catalogue, and takes the demonstration's off the shelf. */
export async function ensureCatalogue(shop: BenchShop, products: number): Promise<void> {
  if ((await countProducts(shop)) === products) return;
  await takeDemonstrationAway(shop);
  await shop.run('seed', '--products', String(products));
  const found = await countProducts(shop);
  if (found !== products) throw new Error(`the catalogue has ${found} products, not ${products}: delete ${shop.home.path}`);
  // As autovacuum would a little later, in the middle of a measurement.
  await shop.database.query('vacuum (analyze)');
}

async function countProducts(shop: BenchShop): Promise<number> {
  const { rows } = await shop.database.query<{ n: number }>('select count(*)::int as n from catalog.product');
  return rows[0]?.n ?? 0;
}

async function takeDemonstrationAway(shop: BenchShop): Promise<void> {
  const { rows } = await shop.database.query<{ sku: string }>("select sku from catalog.variant where sku !~ '^S[0-9]{7}'");
  if (rows.length === 0) return;
  const folder = mkdtempSync(join(tmpdir(), 'emall-bench-'));
  try {
    const file = join(folder, 'demonstration.csv');
    writeFileSync(file, `sku,status\n${rows.map(({ sku }) => `${sku},discontinued`).join('\n')}\n`);
    await shop.run('import', file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What operations choose from: the same for the same catalogue, in an order that has nothing to do with where rows lie. */
export interface Shelf {
  slugs: string[];
  categories: string[];
  skus: string[];
  /** Ten lists, from the most frequent words to the rarest. */
  words: string[][];
}

const MOST = 100_000;

export async function readShelf({ database }: BenchShop): Promise<Shelf> {
  const texts = async (query: string) => (await database.query<{ text: string }>(query)).rows.map(({ text }) => text);
  const deciles = await database.query<{ words: string[] }>(`
    select array_agg(word order by md5(word)) as words
    from (select word, ntile(10) over (order by products desc, word) as decile from catalog.word where word ~ '^[a-z]{4,}$') ranked
    group by decile order by decile`);
  return {
    slugs: await texts(`select slug as text from catalog.product order by md5(slug) limit ${MOST}`),
    categories: await texts('select slug as text from catalog.category order by slug'),
    skus: await texts(`select sku as text from catalog.variant join catalog.stock using (sku) where on_hand > 50 order by md5(sku) limit ${MOST}`),
    words: deciles.rows.map(({ words }) => words),
  };
}

/** A slip of the finger: the two letters in the middle change places, or one is missing. */
export function misspelt(word: string, n: number): string {
  const at = Math.max(1, (word.length >> 1) - 1);
  return n % 2 === 0 ? word.slice(0, at) + word.charAt(at + 1) + word.charAt(at) + word.slice(at + 2) : word.slice(0, at) + word.slice(at + 1);
}

const product = (slug: string) => `/api/catalog/products/${slug}`;
const listing = (query: Record<string, string | number>) => `/api/catalog/products?${new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)])).toString()}`;
const DIFFERENT = 4000;

/** Worlds by name. Those of a miss ask for nothing twice before it has been forgotten. */
export function worldsOf({ slugs, categories, skus, words }: Shelf, provider: Address | undefined) {
  // One of each decile in turn: whatever part of it is asked for, words are as frequent.
  const all = Array.from({ length: Math.max(0, ...words.map(({ length }) => length)) }, (_, n) => words.flatMap((decile) => decile.slice(n, n + 1))).flat();
  const from = <T>(list: readonly T[], n: number): T => list[n % list.length] as T;
  const many = (path: (n: number) => string): World => ({ paths: Array.from({ length: DIFFERENT }, (_, n) => path(n)) });
  // Every price of the range in pence, so that no two of these lists have the same name.
  const min = (n: number) => 100 + ((n * 7919) % 3000);
  return {
    page: { paths: [`/p/${from(slugs, 1)}`] },
    listingPage: { paths: [`/c/${from(categories, 0)}`] },
    pages: { paths: slugs.map((slug) => `/p/${slug}`) },
    // From another place on: what the pages asked for is known.
    products: { paths: [...slugs.slice(slugs.length >> 1), ...slugs.slice(0, slugs.length >> 1)].map(product) },
    oneProduct: { paths: [product(from(slugs, 1))] },
    oneListing: { paths: [listing({ category: from(categories, 0) })] },
    fewProducts: { paths: slugs.slice(0, 1000).map(product) },
    listings: many((n) => listing({ category: from(categories, n), min: min(n) })),
    categories: { paths: categories.map((category) => listing({ category })) },
    searches: many((n) => listing({ q: from(from(words, n), Math.floor(n / 10)), min: min(n) })),
    plainSearches: { paths: all.map((q) => listing({ q })) },
    misspelt: many((n) => listing({ q: misspelt(from(all, n), n) })),
    decile: (decile: number): World => ({ paths: (words[decile] ?? []).map((q) => listing({ q })) }),
    shoppers: {
      skus,
      pages: { products: slugs.map((slug) => `/p/${slug}`), listings: categories.map((category) => `/c/${category}`), searches: all.slice(0, 1000).map((q) => `/search?q=${q}`) },
      ...(provider && { provider }),
    } satisfies World,
  };
}

export type Worlds = ReturnType<typeof worldsOf>;
