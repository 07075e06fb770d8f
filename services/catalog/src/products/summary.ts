import { type RawBuilder, sql } from 'kysely';
import type { Browse } from '../database.ts';
import { conditions, byIndex, type Filters, inCategories } from './filters.ts';
import { FILTERABLE, type Filterable } from './product.ts';

/** Beyond this many a shopper wants another filter, not the exact number. */
export const COUNTED = 1000;

export interface Facet {
  name: Filterable;
  values: { value: string; count: number }[];
}

export interface Summary {
  total: number;
  totalIsExact: boolean;
  facets: Facet[];
}

/** For counting: all filters, and for each option that is filtered by, all but that one, so that its other values can be chosen too. */
export interface SummaryFilters extends Filters {
  without: Partial<Record<Filterable, Filters>>;
}

/** Counts the first thousand that match, the best sellers or not: exact below that, a sample above. */
export async function summarise(db: Browse, filters: SummaryFilters): Promise<Summary> {
  const relaxed = FILTERABLE.flatMap((option) => (filters.without[option] ? [{ option, filters: filters.without[option] }] : []));
  const { rows } = await sql<{ total: number; facets: Record<string, number> }>`
    with hits as materialized (${counted(filters)})
    select (select count(*)::int from hits) as total, (
      select coalesce(jsonb_object_agg(facet, n), '{}') from (
        select facet, count(*)::int as n from hits, unnest(facets) facet
        where ${sql.join([sql`true`, ...relaxed.map(({ option }) => sql`facet not like ${`${option}=%`}`)], sql` and `)} group by facet
        ${sql.join([sql``, ...relaxed.map(({ option, filters }) => sql`
          union all
          select facet, count(*)::int from (${counted(filters)}) r, unnest(facets) facet where facet like ${`${option}=%`} group by facet`)], sql` `)}
      ) f) as facets
  `.execute(db);
  const [row] = rows;
  if (!row) throw new Error('an aggregate answered no row');
  return { ...capped(row.total), facets: toFacets(Object.entries(row.facets)) };
}

function counted(filters: Filters): RawBuilder<unknown> {
  const { match, categories } = filters;
  return sql`select p.facets from product p where ${match ? byIndex(match) : sql`true`} and ${inCategories(categories)} and ${conditions(filters)} limit ${COUNTED + 1}`;
}

function capped(total: number) {
  return { total: Math.min(total, COUNTED), totalIsExact: total <= COUNTED };
}

/** A category as a whole: counted beforehand. */
export async function summariseCategory(db: Browse, { id, products }: { id: number; products: number }): Promise<Summary> {
  const rows = await db.selectFrom('category_facet').select(['facet', 'products']).where('category_id', '=', id).execute();
  return { total: products, totalIsExact: true, facets: toFacets(rows.map((row) => [row.facet, row.products])) };
}

/** The whole shop: its departments, and what is in none. */
export async function summariseShop(db: Browse): Promise<Summary> {
  const { rows } = await sql<{ filed: number; loose: number; facets: Record<string, number> }>`
    select (select coalesce(sum(products), 0)::int from category where parent_id is null) as filed,
      (select count(*)::int from (select 1 from product where category_id is null limit ${COUNTED + 1}) l) as loose,
      (select coalesce(jsonb_object_agg(facet, products), '{}') from (
        select f.facet, sum(f.products)::int as products from category_facet f join category c on c.id = f.category_id
        where c.parent_id is null group by 1) s) as facets
  `.execute(db);
  const { filed = 0, loose = 0, facets = {} } = rows[0] ?? {};
  const { total, totalIsExact } = capped(loose);
  return { total: filed + total, totalIsExact, facets: toFacets(Object.entries(facets)) };
}

/** The commonest value first; sizes and colours that are equally common by name. */
function toFacets(counts: [facet: string, count: number][]): Facet[] {
  return FILTERABLE.map((name) => ({
    name,
    values: counts
      .filter(([facet]) => facet.startsWith(`${name}=`))
      .map(([facet, count]) => ({ value: facet.slice(name.length + 1), count }))
      .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
      .slice(0, 50),
  })).filter(({ values }) => values.length > 0);
}
