import { withoutCache } from '@emall/runtime';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CompiledQuery, type DatabaseConnection, DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, type QueryResult, sql } from 'kysely';
import { cachedCategories } from '../categories/categories.ts';
import type { CategoryTree } from '../categories/tree.ts';
import { Changes } from '../changes/changes.ts';
import type { BrowseTables, CheckoutTables } from '../database.ts';
import { toMatch } from '../search/match.ts';
import { resolve } from '../search/resolve.ts';
import { suggest } from '../search/suggest.ts';
import { reserve } from '../stock/reserve.ts';
import { commit, release } from '../stock/settle.ts';
import { sweepLapsed } from '../stock/sweep.ts';
import { noTurnstile } from '../stock/turnstile.ts';
import { applyTurns } from '../stock/turns.ts';
import { type OpenCatalog, openCatalog } from '../testing.ts';
import { fillShop, UNLOVED } from '../testing-large.ts';
import { findVariants, findVariantsWithLapsed } from '../variants/queries.ts';
import { browse, toWish } from './browse.ts';
import { listProducts } from './listing.ts';
import { findProduct } from './queries.ts';
import type { ListQuery } from './schema.ts';
import { countMatches, toSummary } from './summary.ts';
import { type Order, orders, type Sort } from './sort.ts';

const PRODUCTS = 100_000;

type Tables = BrowseTables & CheckoutTables;
type Work = (db: Kysely<Tables>) => Promise<unknown>;

let catalog: OpenCatalog;
let tree: CategoryTree;
/** A word of each tenth, the most frequent first. */
let deciles: string[];

beforeAll(async () => {
  catalog = await openCatalog();
  await fillShop(catalog, PRODUCTS);
  tree = await cachedCategories(catalog.db, withoutCache()).read();
  const { rows } = await sql<{ word: string }>`
    select (array_agg(word order by word))[1] as word from (select word, ntile(10) over (order by products desc, word) as decile from word) w group by decile order by decile`.execute(catalog.db);
  deciles = rows.map(({ word }) => word);
}, 600_000);
afterAll(() => catalog.close());

/** The statements that a function sends, one by one, whatever becomes of it. */
async function statementsOf(work: Work): Promise<CompiledQuery[]> {
  const sent: CompiledQuery[] = [];
  const connection: DatabaseConnection = {
    executeQuery: (query) => {
      sent.push(query);
      return catalog.jobDb.executeQuery(query) as Promise<QueryResult<never>>;
    },
    streamQuery: () => {
      throw new TypeError('nobody streams');
    },
  };
  const listening = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => Object.assign(new DummyDriver(), { acquireConnection: async () => connection }),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
  await work(listening).catch(() => {});
  return sent;
}

interface Node {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Shared Hit Blocks'?: number;
  'Shared Read Blocks'?: number;
  Plans?: Node[];
}

const all = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(all)];

let prepared = 0;

/** The plan that a connection keeps, which does not depend on the values, with what it reads for these. Nothing is changed. */
async function planOf({ sql: text, parameters }: CompiledQuery): Promise<Node> {
  const undone = new Error('undone');
  let plan: Node | undefined;
  await catalog.jobDb.transaction().execute(async (trx) => {
    prepared += 1;
    await sql.raw(`set local plan_cache_mode = force_generic_plan`).execute(trx);
    await sql.raw(`prepare plan_${prepared} as ${text}`).execute(trx);
    const values = parameters.length > 0 ? `(${parameters.map(toLiteral).join(', ')})` : '';
    const { rows } = await sql.raw<{ 'QUERY PLAN': [{ Plan: Node }] }>(`explain (analyze, buffers, format json) execute plan_${prepared}${values}`).execute(trx);
    plan = rows[0]?.['QUERY PLAN'][0].Plan;
    throw undone;
  }).catch((error: unknown) => {
    if (error !== undone) throw error;
  });
  if (!plan) throw new Error('explain answered no plan');
  return plan;
}

function toLiteral(value: unknown): string {
  if (value === null) return 'null';
  const text = Array.isArray(value) ? `{${value.map((each) => JSON.stringify(String(each))).join(',')}}` : String(value);
  return `'${text.replaceAll("'", "''")}'`;
}

const LARGE = new Set(['product', 'variant', 'stock', 'word', 'reservation', 'reservation_line', 'change']);
const scanned = (node: Node) => all(node).filter((each) => each['Node Type'].includes('Seq Scan') && LARGE.has(String(each['Relation Name']))).map((each) => each['Relation Name']);

/** The most that a statement looks at: a thousand is counted, some hundred are ranked, some thousand entries are walked past. */
const LOOKS_MOST = 5000;
/** The most rows that anything in a plan is given to sort, however few of them it keeps. */
const SORTS_MOST = 2500;
const sortedRows = (node: Node) => Math.max(0, ...all(node).filter((each) => each['Node Type'].includes('Sort') || each['Node Type'] === 'WindowAgg')
  .flatMap(({ Plans = [] }) => Plans.map((input) => input['Actual Rows'] * input['Actual Loops'])));

/** Rows and entries of indexes that were looked at in large tables, also those that were then thrown away. */
const lookedAt = (node: Node) => all(node).filter((each) => LARGE.has(String(each['Relation Name'])))
  .reduce((sum, each) => sum + (each['Actual Rows'] + (each['Rows Removed by Filter'] ?? 0)) * each['Actual Loops'], 0);

/** @param most blocks that may be looked at; the table of products has 10,000 */
async function expectIndexed(work: Work, most: number): Promise<void> {
  const statements = await statementsOf(work);
  expect(statements.length).toBeGreaterThan(0);
  for (const statement of statements) {
    const plan = await planOf(statement);
    expect(scanned(plan)).toEqual([]);
    expect(sortedRows(plan)).toBeLessThanOrEqual(SORTS_MOST);
    expect(lookedAt(plan)).toBeLessThanOrEqual(LOOKS_MOST);
    expect((plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0)).toBeLessThan(most);
  }
}

const first = { cursor: undefined, limit: 24 };
const list = (query: ListQuery): Work => (db) => browse(db, tree, toWish(query, tree), first);
const nothing = { categories: undefined, match: undefined, chosen: [], min: undefined, max: undefined, inStock: false };

async function matchOf(words: string[]) {
  const understood = await resolve(catalog.db, { words, facets: [] });
  const match = toMatch({ words: understood.words, filters: [], products: understood.products, within: undefined });
  if (!match) throw new TypeError('it has words');
  return match;
}

/** What the words of a search cost: 125 best sellers are looked for in ever larger tiers, a thousand counted, a hundred ranked. */
const SEARCH = 5000;
/** A round as all but the first are: of what has come since the last. */
const heardBefore = async () => {
  const changes = new Changes();
  await changes.read(catalog.rounds);
  return changes;
};
const SORTS = Object.keys(orders) as Sort[];
/** What a query asks for, said once more and simply. */
function ofQuery({ category, colour = [] }: ListQuery) {
  const categories = category === undefined ? undefined : tree.within(tree.find(category)?.id ?? 0);
  const facets = colour.map((value) => `colour=${value}`);
  return sql`${categories ? sql`category_id = any(${categories}::int[])` : sql`true`} and ${colour.length > 0 ? sql`facets && ${facets}::text[]` : sql`true`}`;
}

describe(`at ${PRODUCTS} products`, () => {
  it.each(SORTS.flatMap((sort) => [undefined, 'department-1', 'department-1-1'].map((category): ListQuery => (category ? { sort, category } : { sort }))))('lists %j along an index', async (query) => {
    await expectIndexed(list(query), 400);
  });

  it.each<ListQuery>([
    { category: 'department-1', min: 500, in_stock: true }, { category: 'department-1-1', max: 150, sort: 'price-desc' }, { category: 'department-2', in_stock: true, sort: 'price-asc' },
    { min: 2000 }, { min: 12_095, sort: 'price-desc' }, { in_stock: true, sort: 'newest' },
  ])('filters and counts %j by what stands in indexes', async (query) => {
    await expectIndexed(list(query), 600);
  });

  it.each(SORTS.flatMap((sort) => [undefined, 'department-1'].map((category) => [sort, category] as const)))('reads the last page by %s of %s like the first', async (sort, category) => {
    const { column, descending }: Order = orders[sort];
    const categories = category === undefined ? undefined : tree.within(tree.find(category)?.id ?? 0);
    const { rows: [after] } = await sql<{ key: string; id: string }>`
      select ${sql.ref(column)}::text as key, id from product where ${categories ? sql`category_id = any(${categories}::int[])` : sql`true`}
      order by ${sql.ref(column)} ${descending ? sql`asc` : sql`desc`}, id ${descending ? sql`asc` : sql`desc`} offset 20 limit 1`.execute(catalog.jobDb);
    const listing = { ...nothing, categories, sort, after, limit: 25 };
    expect((await listProducts(catalog.db, listing)).rows).toHaveLength(20);
    await expectIndexed((db) => listProducts(db, listing), 400);
  });

  it.each(Array.from({ length: 10 }, (_, decile) => decile))('finds a word of tenth %i by an index', async (decile) => {
    await expectIndexed(list({ q: deciles[decile] ?? '' }), SEARCH);
  });

  it.each<ListQuery>([
    { q: 'cotton' }, { q: 'day' }, { q: 'cotton lamp' }, { q: 'slim felt fern' }, { q: 'coton' }, { q: 'lapm' }, { q: 'xqzj' }, { q: UNLOVED },
    { q: 'cotton', category: 'department-1' }, { q: 'lamp', category: 'department-1-2' }, { q: 'cotton', colour: ['Blue'] }, { q: 'cotton', colour: ['Blue', 'Red'], category: 'department-2' },
    { q: 'cotton', min: 150, in_stock: true }, { q: 'day', sort: 'price-asc' },
    { colour: ['Lilac'], min: 500 }, { colour: ['Blue'], category: 'department-3', in_stock: true },
  ])('finds %j by an index', async (query) => {
    await expectIndexed(list(query), SEARCH);
  });

  const shades: ListQuery[] = [{ colour: ['Lilac'] }, { colour: ['Black'] }, { colour: ['Blue', 'Red'] }, { colour: ['Lilac'], category: 'department-3' }, { colour: ['White'], category: 'department-3-1' }];

  it.each(SORTS.flatMap((sort) => shades.map((query) => Object.assign({}, query, { sort }))))('lists and counts %j by what stands in indexes and was counted beforehand', async (query) => {
    await expectIndexed(list(query), 600);
  });

  it.each(['department-1', 'department-3'].flatMap((category) => SORTS.map((sort) => ({ category, sort }))))('looks for a size in %j, where it may not be, no longer than where it is', async (query) => {
    await expectIndexed(list({ ...query, size: ['M'] }), 600);
  });

  it.each(SORTS.flatMap((sort) => shades.map((query) => Object.assign({}, query, { sort }))))('walks %j page by page as they follow one another', async ({ sort, ...query }) => {
    const { column, descending } = orders[sort];
    const { rows: real } = await sql<{ slug: string }>`
      select slug from product where ${ofQuery(query)} order by ${sql.ref(column)} ${descending ? sql`desc` : sql`asc`}, id ${descending ? sql`desc` : sql`asc`} limit 96`.execute(catalog.jobDb);
    const slugs: string[] = [];
    for (let page = 0, cursor: string | undefined; page < 4; page += 1) {
      const { items, nextCursor } = await browse(catalog.db, tree, toWish({ ...query, sort }, tree), { cursor, limit: 24 });
      slugs.push(...items.map(({ slug }) => slug));
      cursor = nextCursor ?? undefined;
    }
    expect(slugs).toEqual(real.map(({ slug }) => slug));
  });

  it.each(shades)('counts %j as they are, and the other values of the option', async (query) => {
    const { rows: [real] } = await sql<{ n: number }>`select count(*)::int as n from product where ${ofQuery(query)}`.execute(catalog.jobDb);
    const { rows: others } = await sql<{ value: string; count: number }>`
      select split_part(facet, '=', 2) as value, count(*)::int as count from product, unnest(facets) facet where ${ofQuery({ ...query, colour: [] })} and facet like 'colour=%' group by 1`.execute(catalog.jobDb);
    const { total, totalIsExact, facets } = await browse(catalog.db, tree, toWish(query, tree), first);
    expect([total, totalIsExact]).toEqual([real?.n, true]);
    expect(new Map(facets?.find(({ name }) => name === 'colour')?.values.map(({ value, count }) => [value, count]))).toEqual(new Map(others.map(({ value, count }) => [value, count])));
  });

  it.each([['cotton'], ['day']])('goes on with %s beyond what is ranked, to the end', async (...words) => {
    const listing = { ...nothing, match: await matchOf(words), sort: 'featured', limit: 25 } as const;
    for (const key of [PRODUCTS / 2, 100]) await expectIndexed((db) => listProducts(db, { ...listing, after: { key: String(key), id: '1' } }), SEARCH);
  });

  it.each([['cotton'], ['day'], ['slim', 'lamp'], [UNLOVED]])('finds the best sellers that have %j, wherever they are', async (...words) => {
    const match = await matchOf(words);
    const { rows: best } = await sql<{ id: string }>`select id from product where search @@ ${match.query}::tsquery order by popularity desc, id desc limit 100`.execute(catalog.jobDb);
    const { rows } = await listProducts(catalog.db, { ...nothing, match, sort: 'featured', after: undefined, limit: 100 });
    expect(new Set(rows.map(({ id }) => id))).toEqual(new Set(best.map(({ id }) => id)));
  });

  it.each([['cotton'], ['day'], ['slim', 'lamp'], ['slim', 'felt', 'fern'], [UNLOVED]])('counts %j as they are', async (...words) => {
    const match = await matchOf(words);
    const { rows: [real] } = await sql<{ n: number }>`select count(*)::int as n from product where search @@ ${match.query}::tsquery`.execute(catalog.jobDb);
    const filters = { ...nothing, match, hits: 'page' as const, without: [] };
    const { summary } = await listProducts(catalog.db, { ...nothing, match, sort: 'name', after: undefined, limit: 25 }, countMatches(filters));
    const { total, totalIsExact } = toSummary(summary ?? { total: -1, facets: {} }, filters);
    expect([total, totalIsExact]).toEqual([Math.min(1000, real?.n ?? 0), (real?.n ?? 0) <= 1000]);
  });

  it.each([[11_000, 12_000], [2000, 2500], [100, 150]])('counts a frequent word at prices from %i to %i as it is, however few are in the part that is looked at first', async (min, max) => {
    const { query } = await matchOf(['cotton']);
    const { rows: [real] } = await sql<{ n: number }>`select count(*)::int as n from product where search @@ ${query}::tsquery and price_from between ${min} and ${max}`.execute(catalog.jobDb);
    const { total, totalIsExact } = await browse(catalog.db, tree, toWish({ q: 'cotton', min, max }, tree), first);
    expect([total, totalIsExact]).toEqual([Math.min(1000, real?.n ?? 0), (real?.n ?? 0) <= 1000]);
  });

  it.each(['co', 'fern', 'slim la', 'lapm'])('suggests for %s by indexes', async (typed) => {
    await expectIndexed((db) => suggest(db, tree, typed), SEARCH);
  });

  it('shows what it lists in a colour that was filtered by, each product by key', async () => {
    await expectIndexed((db) => listProducts(db, { ...nothing, sort: 'featured', after: undefined, limit: 25, colours: ['Blue'] }), 1000);
  });

  it.each<[what: string, work: Work]>([
    ['a product', (db) => findProduct(db, 'product-77')],
    ['live variants and prices', (db) => findVariants(db, ['P1', 'P2', 'P99999'])],
    ['what lapsed holds have', (db) => findVariantsWithLapsed(db, ['P1', 'P2', 'P99999'])],
    ['what has changed', async (db) => (await heardBefore()).read(db)],
    ['a reservation', (db) => reserve(db, { orderId: 'new', lines: [{ sku: 'P5', quantity: 1 }, { sku: 'P6', quantity: 1 }], holdSeconds: 60 }, noTurnstile, 1000)],
    ['a reservation of too much', (db) => reserve(db, { orderId: 'greedy', lines: [{ sku: 'P7', quantity: 9999 }], holdSeconds: 60 }, noTurnstile, 1000)],
    ['a commitment', (db) => commit(db, 'order-100')],
    ['a release', (db) => release(db, 'order-200')],
    ['a sweep', (db) => sweepLapsed(db)],
    ['what sold out', (db) => applyTurns(db)],
  ])('reads %s by key', async (_what, work) => {
    await expectIndexed(work, 400);
  });
});
