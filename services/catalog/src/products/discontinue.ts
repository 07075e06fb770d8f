import { sql, type Transaction } from 'kysely';
import type { CategoryTree } from '../categories/tree.ts';
import type { BrowseTables } from '../database.ts';
import { summary } from './write-queries.ts';

type Trx = Transaction<BrowseTables>;

/** Nobody can find, price or reserve them any more. Their stock stays: orders have it, buy it and give it back whatever is sold now. */
export async function removeVariants(trx: Trx, skus: readonly string[]): Promise<void> {
  await sql`delete from variant where sku = any(${[...skus]}::text[])`.execute(trx);
}

/** Products that lost variants: those without any go, and are remembered; the others are found by what is left of them. */
export async function sumUpAnew(trx: Trx, ids: readonly string[], tree: CategoryTree): Promise<void> {
  await sql`
    with emptied as (
      delete from product p where id = any(${[...ids]}::bigint[]) and not exists (select from variant where product_id = p.id)
      returning id, key, slug, category_id, name, description, details, picture, popularity
    )
    insert into discontinued_product (id, key, slug, category_id, name, description, details, picture, popularity)
    select id, key, slug, category_id, name, description, details, picture, popularity from emptied
  `.execute(trx);
  const left = await trx.selectFrom('product').select(['id', 'category_id']).where('id', 'in', [...ids]).execute();
  const trails = left.map(({ id, category_id }) => ({ id, trail: tree.trail(category_id).map(({ name }) => name).join(' ') }));
  await sql`
    with given as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(trails)}::jsonb) g(id bigint, trail text)
    ), summary as (${summary} where v.product_id in (select id from given) group by v.product_id, o.words, o.facets)
    update product p set price_from = s.price_from, price_varies = s.price_varies, was = s.was, variants = s.variants,
      in_stock = s.in_stock, facets = s.facets, keywords = concat_ws(' ', g.trail, s.words, s.skus)
    from given g join summary s on s.product_id = g.id where p.id = g.id
  `.execute(trx);
}

/** They are sold again, and need not be remembered. */
export async function forget(trx: Trx, keys: readonly string[]): Promise<void> {
  await sql`delete from discontinued_product where key = any(${[...keys]}::text[])`.execute(trx);
}
