import type { SnapshotSource } from './snapshot.ts';

/** Of each kind so many are named. */
const NAMED = 20;

/** What must not be there once faults are healed, holds have lapsed and everything that follows has been done. */
const UNFINISHED: readonly string[] = [
  `select 'order ' || id || ' awaits payment' from orders."order" where state = 'awaiting_payment'`,
  `select 'order ' || id || ' is ' || state || ' and its stock ' || stock from orders."order" where stock = 'releasing' or (stock = 'held' and state <> 'awaiting_payment')`,
  `select 'order ' || id || ' is ' || state || ' and its cart not cleared' from orders."order" where state in ('paid', 'accepted', 'shipped') and cart_cleared_at is null`,
  `select 'order ' || id || ' is ' || state || ' and not confirmed by mail' from orders."order" where state in ('paid', 'accepted', 'shipped') and confirmed_at is null`,
  `select 'payment of order ' || order_id || ' is ' || state from orders.payment where state in ('opening', 'open', 'refunding')`,
  `select 'refund ' || id || ' of order ' || order_id || ' is open' from orders.refund where state = 'open'`,
  `select 'event ' || id || ' of order ' || order_id || ' is not processed' from orders.payment_event where processed_at is null`,
  `select 'key ' || key || ' has no answer and is not abandoned' from orders.idempotency_key where status is null and abandoned_at is null`,
  `select 'hold of order ' || order_id || ' runs' from catalog.reservation where state = 'held'`,
  `select case when attempts >= max_attempts then 'dead letter: ' else 'job: ' end || t.identifier || ' ' || payload::text || coalesce(', last error ' || left(last_error, 200), '')
   from order_jobs._private_jobs j join order_jobs._private_tasks t on t.id = j.task_id`,
];

/** What is still under way in the whole shop once faults are healed, a line for each; nothing when it is at rest. */
export async function pending({ database }: SnapshotSource): Promise<string[]> {
  const { rows } = await database.query<{ what: string }>(UNFINISHED.map((select) => `(select what from (${select}) as each(what) limit ${NAMED})`).join(' union all '));
  return rows.map(({ what }) => what);
}
