import { sql } from 'kysely';
import type { Browse } from '../database.ts';
import { type CategoryRow, CategoryTree } from './tree.ts';

/** All categories, siblings in the order in which they are shown. */
export function readCategories(db: Browse): Promise<CategoryRow[]> {
  return db
    .selectFrom('category')
    .select(['id', 'slug', 'name', 'description', 'parent_id', 'tint', 'picture', 'products'])
    .orderBy('position')
    .orderBy('name')
    .orderBy('id')
    .execute();
}

/** Tells the variants, which have a copy of it, of another tint of their category: no checkout reads what browsing reads. */
export async function copyTints(db: Browse): Promise<void> {
  const rows = await readCategories(db);
  const tree = new CategoryTree(rows);
  const tints = rows.map(({ id }) => ({ id, tint: tree.tint(id) }));
  await sql`
    update variant v set tint = t.tint
    from product p join jsonb_to_recordset(${JSON.stringify(tints)}::jsonb) t(id int, tint smallint) on t.id = p.category_id
    where v.product_id = p.id and v.tint is distinct from t.tint
  `.execute(db);
}

/** Every category paired with itself and with all that lie below it. */
const within = sql`
  within(root, id) as (
    select id, id from category
    union all
    select w.root, c.id from within w join category c on c.parent_id = w.id
  )`;

/** Counts the products of every category and what they can be filtered by, those below it included. */
export async function countProducts(db: Browse): Promise<void> {
  await sql`
    with recursive ${within}, direct as (
      select category_id as id, count(*)::int as products from product where category_id is not null group by 1
    ), total as (
      select w.root, coalesce(sum(d.products), 0)::int as products from within w left join direct d using (id) group by 1
    )
    update category c set products = t.products from total t where t.root = c.id and c.products <> t.products
  `.execute(db);
  await sql`
    with recursive ${within}, direct as (
      select category_id as id, facet, count(*)::int as products from product, unnest(facets) facet where category_id is not null group by 1, 2
    ), total as materialized (
      select w.root as category_id, d.facet, sum(d.products)::int as products from within w join direct d using (id) group by 1, 2
    ), gone as (
      delete from category_facet f where not exists (select from total t where t.category_id = f.category_id and t.facet = f.facet)
    )
    insert into category_facet (category_id, facet, products) select category_id, facet, products from total
    on conflict (category_id, facet) do update set products = excluded.products where category_facet.products <> excluded.products
  `.execute(db);
}
