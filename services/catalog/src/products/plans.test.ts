import { withoutCache } from '@emall/runtime';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CompiledQuery, DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql } from 'kysely';
import { cachedCategories } from '../categories/categories.ts';
import type { CategoryTree } from '../categories/tree.ts';
import type { BrowseTables } from '../database.ts';
import { toMatch } from '../search/match.ts';
import { resolve } from '../search/resolve.ts';
import { seed } from '../seed/seed.ts';
import { type OpenCatalog, openCatalog } from '../testing.ts';
import { findVariants } from '../variants/queries.ts';
import { browse, toWish } from './browse.ts';
import { listProducts } from './listing.ts';
import { findProduct } from './queries.ts';
import type { ListQuery } from './schema.ts';
import { countMatches, toSummary } from './summary.ts';

/** Enough that reading a whole table is never the shortest way, and seeded in seconds. */
const PRODUCTS = 12_000;

let catalog: OpenCatalog;
let tree: CategoryTree;
let blocks: number;

beforeAll(async () => {
  catalog = await openCatalog();
  await seed(catalog.jobDb, { products: PRODUCTS, currency: 'GBP', progress: () => {} });
  tree = await cachedCategories(catalog.db, withoutCache()).read();
  const { rows } = await sql<{ blocks: number }>`select (pg_relation_size('product') / 8192)::int as blocks`.execute(catalog.db);
  blocks = rows[0]?.blocks ?? 0;
}, 240_000);
afterAll(() => catalog.close());

/** The statements that a function sends, taken down by a connection that only listens. */
async function statementsOf(work: (db: Kysely<BrowseTables>) => Promise<unknown>): Promise<CompiledQuery[]> {
  const sent: CompiledQuery[] = [];
  const listening = new Kysely<BrowseTables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
    log: (event) => void sent.push(event.query),
  });
  await work(listening);
  return sent;
}

interface Node {
  'Node Type': string;
  'Relation Name'?: string;
  'Shared Hit Blocks'?: number;
  'Shared Read Blocks'?: number;
  Plans?: Node[];
}

const all = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(all)];

/** The plan for these parameters with what it read, and the plan that a prepared statement ends up with. */
async function plansOf({ sql: text, parameters }: CompiledQuery) {
  const explain = async (options: string, values: readonly unknown[]) => {
    const { rows } = await catalog.db.executeQuery<{ 'QUERY PLAN': [{ Plan: Node }] }>(CompiledQuery.raw(`explain (${options}, format json) ${text}`, [...values]));
    const plan = rows[0]?.['QUERY PLAN'][0].Plan;
    if (!plan) throw new Error('explain answered no plan');
    return plan;
  };
  // The first reader after a job marks what the job has left behind in the indexes, so that nobody else looks at it.
  await explain('analyze', parameters);
  return [await explain('analyze, buffers', parameters), await explain('generic_plan', [])];
}

const scanned = (node: Node) => all(node).filter((each) => each['Node Type'] === 'Seq Scan').map((each) => each['Relation Name']).filter((name) => ['product', 'variant', 'stock', 'word'].includes(String(name)));

async function expectIndexed(statements: CompiledQuery[], share: number): Promise<void> {
  expect(statements.length).toBeGreaterThan(0);
  for (const statement of statements) {
    const [actual, generic] = await plansOf(statement);
    expect([scanned(actual as Node), scanned(generic as Node)]).toEqual([[], []]);
    expect((actual?.['Shared Hit Blocks'] ?? 0) + (actual?.['Shared Read Blocks'] ?? 0)).toBeLessThan(blocks * share);
  }
}

const list = (query: ListQuery) => (db: Kysely<BrowseTables>) => browse(db, tree, toWish(query, tree), { cursor: undefined, limit: 24 });

describe(`at ${PRODUCTS} products`, () => {
  it.each<ListQuery>([
    {}, { sort: 'newest' }, { sort: 'price-asc' }, { sort: 'price-desc' }, { sort: 'name' },
    { category: 'home-kitchen' }, { category: 'home-kitchen', sort: 'price-desc' }, { category: 'cookware', sort: 'name' },
  ])('lists %j along an index', async (query) => {
    await expectIndexed(await statementsOf(list(query)), 0.2);
  });

  it('filters by price and stock along an index, and counts no more than a thousand', async () => {
    await expectIndexed(await statementsOf(list({ category: 'cookware', in_stock: true, min: 500, sort: 'newest' })), 1);
  });

  it.each([['cotton'], ['fern'], ['day'], ['cotton', 'lamp']])('finds the words %j by an index', async (...words) => {
    const understood = await resolve(catalog.db, { words, facets: [] });
    const match = toMatch({ words: understood.words, filters: [], products: understood.products, within: undefined });
    const listing = { categories: undefined, match, min: undefined, max: undefined, inStock: false, sort: 'featured', after: undefined, limit: 25 } as const;
    // Ranking and a walk read rows here and there, each a block.
    await expectIndexed(await statementsOf((db) => listProducts(db, listing)), 1.5);
  });

  it.each([['cotton'], ['fern'], ['steel', 'pan'], ['day']])('finds the same best sellers with %j by the index of a tier as on a walk past all', async (...words) => {
    const understood = await resolve(catalog.db, { words, facets: [] });
    const match = toMatch({ words: understood.words, filters: [], products: understood.products, within: undefined });
    if (!match) throw new TypeError('it has words');
    const listing = { categories: undefined, min: undefined, max: undefined, inStock: false, sort: 'featured', after: undefined, limit: 25 } as const;
    const found = async (way: 'walk' | 0) => (await listProducts(catalog.db, { ...listing, match: { ...match, way } })).rows.map(({ slug }) => slug);
    const walked = await found('walk');
    expect(walked).toHaveLength(25);
    expect(await found(0)).toEqual(walked);
    await expectIndexed(await statementsOf((db) => listProducts(db, { ...listing, match: { ...match, way: 0 } })), 2);
  });

  it.each([['cotton'], ['fern'], ['steel', 'pan'], ['day']])('counts %j alike in a tier and in all', async (...words) => {
    const understood = await resolve(catalog.db, { words, facets: [] });
    const match = toMatch({ words: understood.words, filters: [], products: understood.products, within: undefined });
    if (!match) throw new TypeError('it has words');
    const filters = { categories: undefined, min: undefined, max: undefined, inStock: false };
    const listing = { ...filters, match, sort: 'name', after: undefined, limit: 25 } as const;
    const counted = async (share: number) => {
      const some = { ...filters, match: { ...match, walk: true, share }, best: false, without: [] };
      return toSummary((await listProducts(catalog.db, listing, countMatches(some))).summary ?? { total: -1, facets: {} }, some);
    };
    const [all, tier] = [await counted(0), await counted(1)];
    expect([tier.total, tier.totalIsExact]).toEqual([all.total, all.totalIsExact]);
    if (all.totalIsExact) expect(tier).toEqual(all);
  });

  it('shows what it lists in a colour that was filtered by, each product by key', async () => {
    const { facets, products } = await resolve(catalog.db, { words: [], facets: ['colour=Blue'] });
    const filters = [{ terms: ['colour=Blue'], products: facets['colour=Blue'] ?? 0 }];
    const match = toMatch({ words: [], filters, products, within: undefined });
    const listing = { categories: undefined, match, min: undefined, max: undefined, inStock: false, sort: 'featured', after: undefined, limit: 25 } as const;
    await expectIndexed(await statementsOf((db) => listProducts(db, { ...listing, colours: ['Blue'] })), 1);
  });

  it('reads a product and live variants by key', async () => {
    await expectIndexed(await statementsOf((db) => findProduct(db, 'nothing')), 0.05);
    await expectIndexed(await statementsOf((db) => findVariants(db as never, ['S0000001', 'S0000002'])), 0.05);
  });
});
