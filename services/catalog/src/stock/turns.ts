import { sql } from 'kysely';
import type { Browse } from '../database.ts';

const BATCH = 500;

/**
 * Below so many free units each one that goes or comes back is told to the page of its product; above, how many are left is
 * a minute old at most. Zero is told to listings too.
 */
export const FEW = 10;

/** Rows that are locked are skipped. For what else may be in the way (a locked table) no round waits longer: changes are read after it. */
const LOCK_TIMEOUT = '200ms';

/**
 * Copies "sold out" and "back in stock" to what browsing reads, and says of how many products; which answers are out of date
 * stands in the change list. One replica at a time; stock is looked at once the products are locked: otherwise an older view
 * could overwrite a newer one. What an import has in hand keeps its turns for a later round, and holds up nothing else.
 */
export async function applyTurns(db: Browse): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const { rows: [lock] } = await sql<{ ours: boolean }>`
      select pg_try_advisory_xact_lock(hashtext('catalog.stock_turn')) as ours, set_config('lock_timeout', ${LOCK_TIMEOUT}, true)`.execute(trx);
    if (!lock?.ours) return 0;
    const ids = await lockTurned(trx);
    await copyStock(trx, ids);
    return ids.length;
  });
}

/** Products with turns, those that have waited the longest first. */
async function lockTurned(trx: Browse): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select p.id from (
      select (select v.product_id from variant v where v.sku = t.sku) as id, min(t.id) as first from stock_turn t group by 1
    ) waiting join product p using (id)
    order by waiting.first limit ${BATCH}::int for no key update of p skip locked
  `.execute(trx);
  return rows.map(({ id }) => id);
}

/** Turns of what is no longer sold go as well. */
async function copyStock(trx: Browse, ids: readonly string[]): Promise<void> {
  await sql`
    with turned as materialized (
      select unnest(${[...ids]}::bigint[]) as id
    ), done as (
      delete from stock_turn t where coalesce((select v.product_id in (select id from turned) from variant v where v.sku = t.sku), true)
    ), changed as (
      update product p set in_stock = n.in_stock
      from (
        select t.id, bool_or(s.on_hand > s.reserved) as in_stock from turned t join variant v on v.product_id = t.id join stock s using (sku) group by 1
      ) n
      where p.id = n.id and p.in_stock <> n.in_stock returning p.id
    )
    insert into change (tags) select array_agg('product:' || p.slug) || case when exists (select from changed) then array['listings'] else '{}' end
    from turned join product p using (id) having count(*) > 0
  `.execute(trx);
}
