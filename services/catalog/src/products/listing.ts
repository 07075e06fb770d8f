import { type RawBuilder, sql } from 'kysely';
import type { Browse } from '../database.ts';
import type { Position } from './cursor.ts';
import { CANDIDATES, type Match } from '../search/match.ts';
import { byIndex, byRow, conditions, type Filters, inCategories } from './filters.ts';
import { orders, type Order, relevance, type Sort } from './sort.ts';

/** A product as it stands in a list, with its place there. */
export interface ListedRow {
  id: string;
  slug: string;
  name: string;
  picture: string | null;
  category_id: number | null;
  currency: string;
  price_from: number;
  price_varies: boolean;
  was: number | null;
  variants: number;
  in_stock: boolean;
  sort_key: string;
}

export interface Listing extends Filters {
  sort: Sort;
  after: Position | undefined;
  limit: number;
}

export function orderOf({ sort, match }: Pick<Listing, 'sort' | 'match'>): Order {
  return sort === 'featured' && match?.byWords ? relevance : orders[sort];
}

/** One page in one statement, whichever of four ways is the shortest. Asks for one more than `limit`. */
export async function listProducts(db: Browse, listing: Listing): Promise<ListedRow[]> {
  const order = orderOf(listing);
  const source = order === relevance && !beyondRanked(listing) ? ranked(listing) : sorted(listing, order === relevance ? orders.featured : order);
  const { rows } = await sql<ListedRow>`
    select p.id, p.slug, p.name, p.picture, p.category_id, p.currency, p.price_from, p.price_varies, p.was, p.variants, p.in_stock,
      k.sort_key::text as sort_key
    from (${source}) k join product p on p.id = k.id
    order by k.sort_key ${direction(order)}, k.id ${direction(order)}
  `.execute(db);
  return rows;
}

/** Few matches: all of them by the word index. Otherwise: along the index of the order until the page is full. */
function sorted(listing: Listing, order: Order): RawBuilder<unknown> {
  const { match, after, limit } = listing;
  const key = sql.ref(`p.${order.column}`);
  if (match && !match.frequent) {
    return sql`
      with hits as materialized (
        select p.id, ${key} as sort_key from product p where ${byIndex(match)} and ${inCategories(listing.categories)} and ${conditions(listing)}
      )
      select id, sort_key from hits p where ${past(order, sql.ref('p.sort_key'), after)} ${page(order, sql.ref('p.sort_key'), limit)}`;
  }
  const walk = sql`${conditions(listing)} and ${past(order, key, after)} ${page(order, key, limit)}`;
  if (!listing.categories) return sql`select p.id, ${key} as sort_key from product p where ${byRow(match)} and ${walk}`;
  // A match that is frequent within its category is frequent in the whole shop too.
  if (match) return sql`select p.id, ${key} as sort_key from product p where ${byRow(match)} and ${inCategories(listing.categories)} and ${walk}`;
  return eachCategory(listing.categories, sql`select p.id, ${key} as sort_key from product p where p.category_id = c.id and ${walk}`, order, limit);
}

/** A walk along each category's own index, merged: a few dozen short walks, whatever the category's size. */
function eachCategory(categories: number[], walk: RawBuilder<unknown>, order: Order, limit: number): RawBuilder<unknown> {
  return sql`
    select w.id, w.sort_key from unnest(${categories}::int[]) c(id) cross join lateral (${walk}) w
    ${page(order, sql.ref('w.sort_key'), limit, 'w')}`;
}

/** What is ranked stands above everything else, so that a cursor tells on which side of the line it lies. */
const RANKED = 4_000_000_000;

/** Along the best sellers, what follows the ranked ones is simply the rest of the walk. */
function beyondRanked({ match, after }: Listing): boolean {
  return match?.frequent === true && after !== undefined && Number(after.key) < RANKED;
}

/** The candidates by how well they fit (a word in the name, best sellers first), then all others by how well they sell. */
function ranked(listing: Listing): RawBuilder<unknown> {
  const { match, after, limit } = listing;
  if (!match) throw new TypeError('relevance needs words');
  const key = sql.ref('p.sort_key');
  return sql`
    with hits as materialized (${hits(listing, match)}), ranked as (
      select h.id, case when h.place > ${sql.lit(CANDIDATES)} then h.popularity else ${sql.lit(RANKED)} + (
        select round(100000 * ts_rank('{0.05, 0.1, 0.4, 1.0}', p.search, ${match.query}::tsquery) * (1 + ln(1 + p.popularity) / 10))::bigint
        from product p where p.id = h.id) end as sort_key
      from hits h
    )
    select p.id, p.sort_key from ranked p where ${past(relevance, key, after)} ${page(relevance, key, limit)}`;
}

function hits(listing: Listing, match: Match): RawBuilder<unknown> {
  const { categories, limit } = listing;
  const rest = sql`${inCategories(categories)} and ${conditions(listing)}`;
  const popular = sql`p.popularity desc, p.id desc`;
  if (!match.frequent) {
    return sql`
      select p.id, p.popularity, row_number() over (order by (p.search @@ ${match.nameQuery}::tsquery) desc, ${popular}) as place
      from product p where ${byIndex(match)} and ${rest}`;
  }
  return sql`
    select w.id, w.popularity, row_number() over (order by w.popularity desc, w.id desc) as place
    from (select p.id, p.popularity from product p where ${byRow(match)} and ${rest} order by ${popular} limit ${CANDIDATES + limit}::int) w`;
}

function past({ type, descending }: Order, key: RawBuilder<unknown>, after: Position | undefined): RawBuilder<unknown> {
  if (!after) return sql`true`;
  return sql`(${key}, p.id) ${descending ? sql`<` : sql`>`} (${after.key}::${sql.raw(type)}, ${after.id}::bigint)`;
}

function page(order: Order, key: RawBuilder<unknown>, limit: number, table = 'p'): RawBuilder<unknown> {
  return sql`order by ${key} ${direction(order)}, ${sql.ref(`${table}.id`)} ${direction(order)} limit ${limit}::int`;
}

function direction({ descending }: Order): RawBuilder<unknown> {
  return descending ? sql`desc` : sql`asc`;
}
