import { type RawBuilder, sql } from 'kysely';
import { BEST, COUNTED, partToCount, tiersFor } from '../search/match.ts';
import { allMatching, bestFirst, fromBest, type Search } from './best-first.ts';
import { facetsBy } from './facet-counts.ts';
import { conditions, type Filters, inPart } from './filters.ts';
import type { Hits } from './listing.ts';
import { FILTERABLE, type Filterable } from './product.ts';

/** As the database answers it. */
export interface Counts {
  total: number;
  /** Products by facet, for example `colour=Red`. */
  facets: Record<string, number>;
  /** Counted beforehand, whatever there is. */
  exact?: true;
}

export interface Summary {
  total: number;
  totalIsExact: boolean;
  facets: { name: Filterable; values: { value: string; count: number }[] }[];
}

/**
 * Filters; what the listing has read of what matches: the best, of which a hundred do for the facets when it is known that there
 * are many more; and for each option that is filtered by all other filters, so that its other values can be chosen too.
 */
export interface SummaryFilters extends Filters {
  hits: Hits;
  without: { option: Filterable; filters: Filters }[];
}

/** Counts what matches: exactly up to a thousand, the facets of a sample above. To be used beside `hits` in a listing. */
export function countMatches(filters: SummaryFilters): RawBuilder<Counts> {
  const groups = (rows: RawBuilder<unknown>) => sql`select facets, sum(weight) as n from (${rows}) r group by facets`;
  const own = filters.without.map(({ option, filters: others }) => ({ option, groups: groups(isSampled({ ...others, hits: filters.hits }) ? sampled(others) : counted(others)) }));
  return sql`(
    with counted as materialized (${groups(filters.hits === 'all' || isSampled(filters) ? sql`select facets, 1 as weight from hits` : counted(filters))})
    select jsonb_build_object('total', (select coalesce(sum(n), 0)::int from counted), 'facets', ${facetsBy(sql`select facets, n from counted`, own)}))`;
}

/** A thousand of what matches, and one more when there is. Without words by the index on prices, which has all that filters ask. */
function counted(filters: Filters): RawBuilder<unknown> {
  const { match, categories } = filters;
  const many = COUNTED + 1;
  if (match) return countedByIndex({ ...filters, match }, many);
  const some = (where: RawBuilder<unknown>) => sql`select p.facets, 1 as weight from product p where ${where} and ${conditions(filters)} order by p.price_from limit ${sql.lit(many)}`;
  if (!categories) return some(sql`true`);
  return sql`
    select w.facets, w.weight from unnest(${categories}::int[]) c(id) cross join lateral (${some(sql`p.category_id = c.id`)}) w limit ${sql.lit(many)}`;
}

/**
 * Where many more than a thousand are expected, by a sample of a part of the shop: to find all that match, of which a thousand
 * would be read, is what grows with the shop. A part that has too few settles nothing, and all are counted.
 */
function countedByIndex(search: Search, many: number): RawBuilder<unknown> {
  const part = partToCount(search.match);
  const all = sql`${allMatching(search, sql`p.facets, 1 as weight`)}`;
  if (part === undefined) return sql`${all} limit ${sql.lit(many)}`;
  const weight = sql.lit(Math.ceil(many / part.sample));
  return sql`
    with part as materialized (${allMatching(search, sql`p.facets, ${weight} as weight`)} and ${inPart(part)} limit ${sql.lit(part.sample)}),
    enough as materialized (select count(*) = ${sql.lit(part.sample)} as yes from part)
    select * from part where (select yes from enough) union all (${all} and not (select yes from enough) limit ${sql.lit(many)})`;
}

/** The best of what matches, as a listing by relevance has them in `hits`. */
function sampled({ match, ...filters }: Filters): RawBuilder<unknown> {
  if (!match) throw new TypeError('relevance needs words');
  return fromBest({ ...filters, match }, { columns: sql`p.facets, 1 as weight`, order: bestFirst, tiers: tiersFor(match), many: BEST });
}

/** One frequent word and nothing else: that it has more than a thousand is known without counting them. */
function isSampled({ match, min, max, inStock, hits }: Filters & Pick<SummaryFilters, 'hits'>): boolean {
  return hits === 'best' && match !== undefined && match.atLeast > COUNTED && min === undefined && max === undefined && !inStock;
}

/** A category as a whole: counted beforehand. */
export function countCategory({ id, products }: { id: number; products: number }): RawBuilder<Counts> {
  return sql`jsonb_build_object('total', ${products}::int, 'facets',
    (select coalesce(jsonb_object_agg(facet, products), '{}') from category_facet where category_id = ${id}))`;
}

/** The whole shop: its departments, and what is in none. */
export function countShop(): RawBuilder<Counts> {
  return sql`jsonb_build_object(
    'total', (select coalesce(sum(products), 0)::int from category where parent_id is null)
      + (select count(*)::int from (select 1 from product where category_id is null limit ${sql.lit(COUNTED + 1)}) l),
    'facets', (select coalesce(jsonb_object_agg(facet, products), '{}') from (
      select f.facet, sum(f.products)::int as products from category_facet f join category c on c.id = f.category_id
      where c.parent_id is null group by 1) s))`;
}

/** @param filters undefined for what was counted beforehand, and so is exact at any size */
export function toSummary({ total, facets, exact: known }: Counts, filters?: SummaryFilters): Summary {
  if (!filters || known) return { total, totalIsExact: true, facets: toFacets(Object.entries(facets)) };
  const exact = total <= COUNTED && !isSampled(filters);
  return { total: exact ? total : COUNTED, totalIsExact: exact, facets: toFacets(Object.entries(facets)) };
}

/** The commonest value first; those that are equally common by name. */
function toFacets(counts: [facet: string, count: number][]): Summary['facets'] {
  return FILTERABLE.map((name) => ({
    name,
    values: counts
      .filter(([facet]) => facet.startsWith(`${name}=`))
      .map(([facet, count]) => ({ value: facet.slice(name.length + 1), count }))
      .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
      .slice(0, 50),
  })).filter(({ values }) => values.length > 0);
}
