import type { SnapshotSource } from './snapshot.ts';

/** Of each kind so many are named. */
const NAMED = 20;

/** What still has to happen by itself. */
export interface Unfinished {
  what: string;
  /** From when it could have: milliseconds since the epoch by the database's clock. */
  since: number;
}

/** What must not be there once faults are healed, holds have lapsed and everything that follows has been done; and from when it could have been. */
const UNFINISHED: readonly string[] = [
  `select 'order ' || id || ' awaits payment', hold_until from orders."order" where state = 'awaiting_payment'`,
  `select 'order ' || id || ' is ' || state || ' and its stock ' || stock, updated_at from orders."order" where stock = 'releasing' or (stock = 'held' and state <> 'awaiting_payment')`,
  `select 'order ' || id || ' is ' || state || ' and its cart not cleared', updated_at from orders."order" where state in ('paid', 'accepted', 'shipped') and cart_cleared_at is null`,
  `select 'order ' || id || ' is ' || state || ' and not confirmed by mail', updated_at from orders."order" where state in ('paid', 'accepted', 'shipped') and confirmed_at is null`,
  `select 'payment of order ' || order_id || ' is ' || p.state, case p.state when 'refunding' then p.updated_at else hold_until end
   from orders.payment p join orders."order" o on o.id = order_id where p.state in ('opening', 'open', 'refunding')`,
  `select 'refund ' || id || ' of order ' || order_id || ' is open', requested_at from orders.refund where state = 'open'`,
  `select 'event ' || id || ' of order ' || order_id || ' is not processed', received_at from orders.payment_event where processed_at is null`,
  `select 'key ' || key || ' has no answer and is not abandoned', greatest(lease_until, created_at) from orders.idempotency_key where status is null and abandoned_at is null`,
  `select 'hold of order ' || order_id || ' runs', greatest(changed_at, hold_until) from catalog.reservation r left join orders."order" o on o.id::text = order_id where r.state = 'held'`,
  `select case when attempts >= max_attempts then 'dead letter: ' else 'job: ' end || t.identifier || ' ' || payload::text || coalesce(', last error ' || left(last_error, 200), ''),
     greatest(j.created_at, case t.identifier when 'expire-order' then hold_until end)
   from order_jobs._private_jobs j join order_jobs._private_tasks t on t.id = j.task_id left join orders."order" o on o.id::text = payload->>'orderId'`,
];

/** What is still under way in the whole shop once faults are healed; nothing when it is at rest. */
export async function unfinished({ database }: Pick<SnapshotSource, 'database'>): Promise<Unfinished[]> {
  const kinds = UNFINISHED.map((select) => `(select what, (extract(epoch from since) * 1000)::float8 as since from (${select}) as each(what, since) order by since limit ${NAMED})`);
  return (await database.query<Unfinished>(kinds.join(' union all '))).rows;
}
