import { type RawBuilder, sql } from 'kysely';
import type { Browse } from '../database.ts';
import { CANDIDATES, type Match, tiersFor } from '../search/match.ts';
import type { Tier } from '../search/tiers.ts';
import { pictureColour } from '../variants/queries.ts';
import { allMatching, bestFirst, fromBest, type Search } from './best-first.ts';
import type { Position } from './cursor.ts';
import { byRow, conditions, type Filters } from './filters.ts';
import { GREATEST_INT, orders, type Order, relevance, type Sort } from './sort.ts';
import type { Counts } from './summary.ts';

/** A product as it stands in a list, with its place there. */
export interface ListedRow {
  id: string;
  slug: string;
  name: string;
  picture: string | null;
  /** The first of the asked-for colours that it has, where its picture has another. */
  recolour: string | null;
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
  /** The colours that were filtered by: products are shown in one of them. */
  colours?: readonly string[];
}

export function orderOf({ sort, match }: Pick<Listing, 'sort' | 'match'>): Order {
  return sort === 'featured' && match?.byWords ? relevance : orders[sort];
}

/** What `hits` of a listing are of all that matches: all of it, the best, or no more than the page needs. */
export type Hits = 'all' | 'best' | 'page';

export function hitsOf(listing: Listing): Hits {
  const { match } = listing;
  if (orderOf(listing) === relevance && match) return tiersFor(match).length === 0 ? 'all' : 'best';
  return match && !walks({ ...listing, match }) && tiersToList({ ...listing, match }).length === 0 ? 'all' : 'page';
}

/**
 * One page in one statement, by whichever way is the shortest (see `search/match.ts`).
 * @param summary an expression that may look at the same hits; its value comes along
 */
export async function listProducts(db: Browse, listing: Listing, summary: RawBuilder<Counts | null> = sql`null::jsonb`) {
  const order = orderOf(listing);
  const ranks = order === relevance && !beyondRanked(listing);
  const [hits, page] = ranks ? ranked(listing) : sorted(listing, order === relevance ? orders.featured : order);
  const { rows } = await sql<ListedRow & { summary: Counts | null }>`
    with hits as materialized (${hits}), page as (${page})
    select s.summary, p.id, p.slug, p.name, p.picture, p.category_id, p.currency, p.price_from, p.price_varies, p.was, p.variants, p.in_stock,
      ${recolour(listing)} as recolour, p.sort_key::text as sort_key
    from (select ${summary} as summary) s
      left join (select p.*, k.sort_key from page k join product p on p.id = k.id) p on true
    order by p.sort_key ${direction(order)}, p.id ${direction(order)}
  `.execute(db);
  return { rows: rows.filter(({ id }) => id !== null), summary: rows[0]?.summary ?? undefined };
}

/** For the products of the page alone. */
function recolour({ colours = [] }: Listing): RawBuilder<unknown> {
  if (colours.length === 0) return sql`null::text`;
  return sql`nullif((
    select v.options ->> 'colour' from variant v where v.product_id = p.id and v.options ->> 'colour' = any(${[...colours]}::text[])
    order by v.position, v.sku limit 1), ${pictureColour(sql.ref('p.id'))})`;
}

type Source = [hits: RawBuilder<unknown>, page: RawBuilder<unknown>];

/** By the index on words: all that match, or the best sellers among them. Otherwise: along the index of the order until the page is full. */
function sorted(listing: Listing, order: Order): Source {
  const { match, after, limit } = listing;
  const page = sql`select p.id, p.sort_key from hits p where ${past(order, sql.ref('p.sort_key'), after)} ${top(order, sql.ref('p.sort_key'), limit)}`;
  const key = sql.ref(`p.${order.column}`);
  if (match && !walks({ ...listing, match })) return [inOrder({ ...listing, match }, order), page];
  const along = sql`${byRow(listing)} and ${conditions(listing)} and ${past(order, key, after)} ${top(order, key, limit)}`;
  return [walk(listing, key, along, top(order, sql.ref('w.sort_key'), limit, 'w')), page];
}

/** All that match, found by the index; of best sellers only those that are the next. */
function inOrder(listing: Search & Listing, order: Order): RawBuilder<unknown> {
  const key = sql.ref(`p.${order.column}`);
  const columns = sql`p.id, ${key} as sort_key, p.facets`;
  const tiers = tiersToList(listing);
  if (tiers.length === 0) return allMatching(listing, columns);
  const { after, limit: many } = listing;
  return fromBest(listing, { columns, order: bestFirst, tiers, many, where: past(order, key, after) });
}

/** In which best sellers a page of them is looked for. */
function tiersToList({ sort, match, limit }: Search & Listing): Tier[] {
  return sort === 'featured' ? tiersFor(match, limit, 4 * limit) : [];
}

/** Unless the way is short, the first page of best sellers is found sooner among them. */
function walks(listing: Search & Listing): boolean {
  const { match, after } = listing;
  return match.walk && (after !== undefined || match.walked <= SHORT_WALK || tiersToList(listing).length === 0);
}

/** Along one index, or along each category's own: a few dozen short walks, whatever the category's size, merged. Nobody asks for more than the index has. */
function walk({ categories }: Filters, key: RawBuilder<unknown>, along: RawBuilder<unknown>, merged: RawBuilder<unknown>): RawBuilder<unknown> {
  if (!categories) return sql`select p.id, ${key} as sort_key from product p where ${along}`;
  return sql`
    select w.id, w.sort_key from unnest(${categories}::int[]) c(id)
      cross join lateral (select p.id, ${key} as sort_key from product p where p.category_id = c.id and ${along}) w
    ${merged}`;
}

/** Entries of an index, at 0.3 µs each. */
const SHORT_WALK = 500;

/** What is ranked stands above everything else, so that a cursor tells on which side of the line it lies. */
const RANKED = 4_000_000_000;

/** Where the candidates are the best sellers, what follows them is simply what sells less. */
function beyondRanked({ match, after }: Listing): boolean {
  return match !== undefined && tiersFor(match).length > 0 && after !== undefined && Number(after.key) <= GREATEST_INT;
}

/** The candidates by how well they fit (a word in the name, best sellers first), then all others by how well they sell. */
function ranked(listing: Listing): Source {
  const { match, after, limit } = listing;
  if (!match) throw new TypeError('relevance needs words');
  const key = sql.ref('p.sort_key');
  const page = sql`
    select p.id, p.sort_key from (
      select h.id, case when h.place > ${sql.lit(CANDIDATES)} then h.popularity else ${sql.lit(RANKED)} + (
        round(100000 * ts_rank('{0.05, 0.1, 0.4, 1.0}', coalesce(h.search, (select p.search from product p where p.id = h.id)), ${match.query}::tsquery) * (1 + ln(1 + h.popularity) / 10))::bigint) end as sort_key
      from hits h
    ) p where ${past(relevance, key, after)} ${top(relevance, key, limit)}`;
  return [candidates(listing, match), page];
}

/** Few: all of them, those with a word in their name first. Many: the best sellers, and a page beyond the candidates. */
function candidates(listing: Listing, match: Match): RawBuilder<unknown> {
  const tiers = tiersFor(match);
  if (tiers.length === 0) {
    const place = sql`row_number() over (order by (p.search @@ ${match.nameQuery}::tsquery) desc, p.popularity desc, p.id desc) as place`;
    // Of up to a thousand a hundred are ranked: to look for their words again costs less than to carry those of all.
    return allMatching({ ...listing, match }, sql`p.id, p.popularity, p.facets, null::tsvector as search, ${place}`);
  }
  const many = CANDIDATES + listing.limit;
  const found = fromBest({ ...listing, match }, { columns: sql`p.id, p.popularity, p.facets, p.search`, order: bestFirst, tiers, many });
  return sql`select f.id, f.popularity, f.facets, f.search, row_number() over (order by f.popularity desc, f.id desc) as place from (${found}) f`;
}

function past({ type, descending }: Order, key: RawBuilder<unknown>, after: Position | undefined): RawBuilder<unknown> {
  if (!after) return sql`true`;
  return sql`(${key}, p.id) ${descending ? sql`<` : sql`>`} (${after.key}::${sql.raw(type)}, ${after.id}::bigint)`;
}

function top(order: Order, key: RawBuilder<unknown>, limit: number, table = 'p'): RawBuilder<unknown> {
  return sql`order by ${key} ${direction(order)}, ${sql.ref(`${table}.id`)} ${direction(order)} limit ${limit}::int`;
}

function direction({ descending }: Order): RawBuilder<unknown> {
  return descending ? sql`desc` : sql`asc`;
}
