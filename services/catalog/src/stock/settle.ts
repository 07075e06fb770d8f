import { retryConflicts, unavailable } from '@emall/runtime';
import { sql } from 'kysely';
import type { Checkout, ReservationTable } from '../database.ts';
import { reservationExpired, reservationReleased, reservationUnknown } from '../errors.ts';
import { FEW } from './turns.ts';

type State = ReservationTable['state'];

/** The expiry of what its order gave back, which no clock reaches: what merely lapsed keeps the time at which it did. */
const GIVEN_BACK = sql.lit('-infinity');

/**
 * The order is paid: its units leave the shelf for good. A hold that has lapsed is taken up again where the units are
 * still there; whether it was swept meanwhile is none of the order's business. A commitment that arrives after the
 * order's own release takes nothing, however late it is.
 * @throws reservationExpired (409) when the units are gone, reservationReleased (409), reservationUnknown (404)
 */
export async function commit(db: Checkout, orderId: string): Promise<State> {
  const statement = sql<{ settled: boolean; given_back: boolean }>`
    with prior as materialized (
      select order_id, state, expires_at = ${GIVEN_BACK}::timestamptz as given_back from reservation where order_id = ${orderId} for update
    ), locked as materialized (
      select s.sku, l.quantity, p.state = 'held' as ours, s.on_hand - s.reserved as free
      from prior p join reservation_line l on l.order_id = p.order_id join stock s on s.sku = l.sku
      where p.state <> 'committed' and not p.given_back
      order by s.sku for update of s
    ), settled as (
      update reservation r set state = 'committed', changed_at = now() from prior p
      where r.order_id = p.order_id and p.state <> 'committed'
        and (select count(*) from locked where ours or free >= quantity) = (select count(*) from reservation_line where order_id = ${orderId})
      returning r.state
    ), moved as (
      update stock s set on_hand = s.on_hand - l.quantity, reserved = s.reserved - case when l.ours then l.quantity else 0 end
      from locked l, settled where s.sku = l.sku
      returning s.sku, l.ours, s.on_hand - s.reserved as free
    ), turned as (
      insert into stock_turn (sku) select sku from moved where free < ${sql.lit(FEW)} and not ours
    )
    select state = 'committed' or exists (select from settled) as settled, given_back from prior
  `;
  const { rows } = await retryConflicts(() => statement.execute(db));
  const [before] = rows;
  if (!before) throw reservationUnknown();
  if (before.given_back) throw reservationReleased({ detail: 'This order has ended; what it held is on the shelf again.' });
  if (!before.settled) throw reservationExpired({ detail: 'The hold of this order has lapsed, and what it held has been sold.' });
  return 'committed';
}

/** Higher than any attempt at a checkout. */
export const FOR_GOOD = 2_147_483_647;

/**
 * The order is off: its units go back on the shelf, also when they were committed. Lapsed or already released is as good.
 * Without an attempt that is for good. With one nothing that a later attempt has reserved is touched. What an attempt that
 * was frozen until now still reserves is refused: that is remembered also of an order which nobody knows.
 */
export async function release(db: Checkout, orderId: string, attempt = FOR_GOOD): Promise<State> {
  for (let tries = 1; tries <= 3; tries += 1) {
    if (await giveBack(db, orderId, attempt)) return 'released';
  }
  // Somebody reserves for it again and again while we look.
  throw unavailable();
}

/** False, and nothing, when the reservation was written by somebody else meanwhile: its lines are those of then, not of now. */
async function giveBack(db: Checkout, orderId: string, attempt: number): Promise<boolean> {
  const by = sql`${attempt}::int`;
  const statement = sql<{ settled: boolean }>`
    with seen as materialized (
      select xmin as version, attempt > ${by} as later from reservation where order_id = ${orderId}
    ), prior as materialized (
      select order_id, state from reservation where order_id = ${orderId} and attempt <= ${by} and xmin = (select version from seen) for update
    ), locked as materialized (
      select s.sku, l.quantity, p.state from prior p join reservation_line l on l.order_id = p.order_id join stock s on s.sku = l.sku
      where p.state <> 'released'
      order by s.sku for update of s
    ), moved as (
      update stock s set
        on_hand = s.on_hand + case when l.state = 'committed' then l.quantity else 0 end,
        reserved = s.reserved - case when l.state = 'held' then l.quantity else 0 end
      from locked l where s.sku = l.sku
      returning s.sku, l.quantity, s.on_hand - s.reserved as free
    ), turned as (
      insert into stock_turn (sku) select sku from moved where free - quantity < ${sql.lit(FEW)}
    ), unknown as (
      insert into reservation (order_id, state, expires_at, attempt)
      select ${orderId}, 'released', ${GIVEN_BACK}::timestamptz, ${by} where not exists (select from seen)
      on conflict (order_id) do nothing
      returning order_id
    ), settled as (
      update reservation r set state = 'released', expires_at = ${GIVEN_BACK}::timestamptz, attempt = ${by}, changed_at = now() from prior p
      where r.order_id = p.order_id and (r.attempt, r.expires_at) is distinct from (${by}, ${GIVEN_BACK}::timestamptz)
    )
    select exists (select from prior) or exists (select from unknown) or exists (select from seen where later) as settled
  `;
  const { rows } = await retryConflicts(() => statement.execute(db));
  return rows[0]?.settled === true;
}
