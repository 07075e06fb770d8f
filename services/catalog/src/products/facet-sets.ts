import { type RawBuilder, sql } from 'kysely';
import type { Browse } from '../database.ts';
import { facetsBy } from './facet-counts.ts';
import { byFacets, type Chosen } from './filters.ts';
import type { Counts } from './summary.ts';

/** Of a category in which products differ in more ways than this nothing is kept: reading it would cost as much as counting. */
const MOST_SETS = 500;
/** Stands for the whole shop; the ids of categories begin at 1. */
const SHOP = 0;

/** Counts the products of every category, and of the shop, by the very facets they have; categories below are included. */
export async function refreshFacetSets(trx: Browse): Promise<void> {
  await sql`
    with recursive within(root, id) as (
      select id, id from category
      union all
      select w.root, c.id from within w join category c on c.parent_id = w.id
    ), direct as materialized (
      select category_id, facets, count(*)::int as products from product group by 1, 2
    ), total as materialized (
      select w.root as category_id, d.facets, sum(d.products)::int as products from within w join direct d on d.category_id = w.id group by 1, 2
      union all
      select ${sql.lit(SHOP)}, facets, sum(products)::int from direct group by facets
    ), kept as materialized (
      select * from total where category_id in (select category_id from total group by 1 having count(*) <= ${sql.lit(MOST_SETS)})
    ), gone as (
      delete from facet_set s where not exists (select from kept k where k.category_id = s.category_id and k.facets = s.facets)
    )
    insert into facet_set (category_id, facets, products) select category_id, facets, products from kept
    on conflict (category_id, facets) do update set products = excluded.products where facet_set.products <> excluded.products
  `.execute(trx);
}

/**
 * What a category (undefined: the shop) has of the chosen facets, by a few hundred rows however many products there are: exact.
 * @param otherwise asked where nothing was counted beforehand; judged once, before anything of it is read
 */
export function countSets(category: number | undefined, chosen: readonly Chosen[], otherwise: RawBuilder<Counts>): RawBuilder<Counts> {
  const ofCategory = sql`category_id = ${category ?? SHOP}::int`;
  const sets = (filters: readonly Chosen[]) => sql`select facets, products as n from facet_set p where ${ofCategory} and ${byFacets(filters)}`;
  const counted = sql`jsonb_build_object('exact', true, 'total', (select coalesce(sum(n), 0)::int from (${sets(chosen)}) s), 'facets', ${facetsBy(
    sets(chosen),
    chosen.map(({ option }) => ({ option, groups: sets(chosen.filter((other) => other.option !== option)) })),
  )})`;
  return sql`case when exists (select from facet_set where ${ofCategory}) then ${counted} else ${otherwise} end`;
}
