import { sql } from 'kysely';
import type { Browse } from '../database.ts';

const BATCH = 500;

/**
 * Below so many free units each one that goes or comes back is told to the page of its product; above, how many are left is
 * a minute old at most. Zero is told to listings too.
 */
export const FEW = 10;

/**
 * Copies "sold out" and "back in stock" to what browsing reads, and says which answers are out of date. One replica at a time, with a snapshot taken once the others
 * are out: otherwise an older view could overwrite a newer one.
 */
export async function applyTurns(db: Browse): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const { rows: [lock] } = await sql<{ ours: boolean }>`select pg_try_advisory_xact_lock(hashtext('catalog.stock_turn')) as ours`.execute(trx);
    if (!lock?.ours) return 0;
    const { rows } = await sql<{ applied: number }>`
      with done as (
        delete from stock_turn where id in (select id from stock_turn order by id limit ${BATCH}::int) returning sku
      ), touched as materialized (
        select distinct v.product_id from done join variant v using (sku)
      ), now_in_stock as materialized (
        select t.product_id, bool_or(s.on_hand > s.reserved) as in_stock
        from touched t join variant v using (product_id) join stock s using (sku) group by 1
      ), changed as (
        update product p set in_stock = n.in_stock from now_in_stock n where p.id = n.product_id and p.in_stock <> n.in_stock returning p.id
      ), told as (
        insert into change (tags) select array_agg('product:' || p.slug) || case when exists (select from changed) then array['listings'] else '{}' end
        from touched t join product p on p.id = t.product_id having count(*) > 0
      )
      select count(*)::int as applied from done
    `.execute(trx);
    return rows[0]?.applied ?? 0;
  });
}
