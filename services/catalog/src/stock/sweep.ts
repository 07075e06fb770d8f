import { retryConflicts } from '@emall/runtime';
import { sql } from 'kysely';
import type { Checkout } from '../database.ts';
import { FEW } from './turns.ts';

const BATCH = 200;
/** Of one round: who looks for changes waits behind it. */
const BATCHES = 5;

/**
 * Gives back what lapsed holds have taken, by the database's clock (of the statement's beginning: with `clock_timestamp()` every
 * hold would be looked at, not only what the index says has lapsed), and says how many holds those were. Any number of
 * replicas may do it at once: a hold that another one has in hand is skipped.
 */
export async function sweepLapsed(db: Checkout): Promise<number> {
  const statement = sql<{ swept: number }>`
    with lapsed as materialized (
      select order_id from reservation where state = 'held' and expires_at <= statement_timestamp()
      order by expires_at limit ${BATCH}::int for update skip locked
    ), back as materialized (
      select l.sku, sum(l.quantity)::int as quantity from reservation_line l join lapsed using (order_id) group by l.sku
    ), locked as materialized (
      select s.sku, b.quantity from stock s join back b on b.sku = s.sku order by s.sku for update of s
    ), moved as (
      update stock s set reserved = s.reserved - l.quantity from locked l where s.sku = l.sku
      returning s.sku, l.quantity, s.on_hand - s.reserved as free
    ), turned as (
      insert into stock_turn (sku) select sku from moved where free - quantity < ${sql.lit(FEW)}
    ), released as (
      update reservation r set state = 'released', changed_at = now() from lapsed where r.order_id = lapsed.order_id
    )
    select count(*)::int as swept from lapsed
  `;
  const { rows } = await retryConflicts(() => statement.execute(db));
  return rows[0]?.swept ?? 0;
}

/** The same for as many as one round may take. After an outage thousands have lapsed at once: the rest is for the next. */
export async function sweepSome(db: Checkout): Promise<void> {
  for (let batch = 1; batch <= BATCHES; batch += 1) if ((await sweepLapsed(db)) < BATCH) return;
}

/** Reservations are of no use once their order is long settled. */
export async function purgeSettled(db: Checkout): Promise<void> {
  await sql`
    delete from reservation where order_id in (
      select order_id from reservation where state <> 'held' and changed_at < now() - interval '90 days' limit 1000)
  `.execute(db);
}
