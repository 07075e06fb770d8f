import { inTransaction } from '@emall/runtime';
import { sql } from 'kysely';
import type { Database } from '../database.ts';
import { JOB_KEY, jobSpec } from './add-jobs.ts';

/** What was left this long and has no job was forgotten: until then its own job, or the shopper who repeats, is on the way. */
const GRACE = sql.lit('10 seconds');

/**
 * Finds what must still happen although no job remembers it, and adds the job: after a crash that lost one, a fault in a
 * task, or a restored backup. One that waits is not hurried, one that fails is not begun anew, and a dead letter is left to
 * people. One replica at a time, with a snapshot taken once the others are out: otherwise two would add the same job.
 * Its cost grows with what is unfinished, never with what is settled. @returns how many jobs were added for each task
 */
export async function reconcile(db: Database): Promise<Record<string, number>> {
  return await inTransaction(db, async (trx) => {
    const { rows: [lock] } = await sql<{ ours: boolean }>`select pg_try_advisory_xact_lock(hashtext('order.reconcile')) as ours`.execute(trx);
    if (!lock?.ours) return {};
    await DROP_REPLACED.execute(trx);
    const { rows } = await ADD_FORGOTTEN.execute(trx);
    return Object.fromEntries(rows.map(({ task, jobs }) => [task, jobs]));
  });
}

/** Each branch is the condition of its index in migrations 0001, 0008, 0009 and 0014, so that the settled are never looked at. */
const UNFINISHED = sql`
  select 'expire-order' as task, json_build_object('orderId', id) as payload
  from "order" where state = 'awaiting_payment' and hold_until < now() - interval ${GRACE}
  union all
  select due.task, due.payload from "order" o, lateral (values
    ('release-stock', json_build_object('orderId', o.id, 'shopper', o.shopper), o.stock = 'releasing' or (o.stock = 'held' and o.state in ('cancelled', 'refunded'))),
    ('finish-sale', json_build_object('orderId', o.id), (o.stock = 'held' or o.cart_cleared_at is null) and o.state in ('paid', 'accepted', 'shipped')),
    ('send-confirmation', json_build_object('orderId', o.id), o.confirmed_at is null and o.state in ('paid', 'accepted', 'shipped'))
  ) due(task, payload, missing)
  where due.missing and o.updated_at < now() - interval ${GRACE} and (
    o.stock = 'releasing'
    or (o.stock = 'held' and o.state <> 'awaiting_payment')
    or (o.state in ('paid', 'accepted', 'shipped') and (o.cart_cleared_at is null or o.confirmed_at is null)))
  union all
  select 'apply-payment-event', json_build_object('eventId', id)
  from payment_event where processed_at is null and received_at < now() - interval ${GRACE}
  union all
  select 'refund-payment', json_build_object('refundId', id)
  from refund where state = 'open' and requested_at < now() - interval ${GRACE}
  union all
  select 'end-abandoned', json_build_object('shopper', shopper, 'key', key)
  from idempotency_key where status is null and abandoned_at is null and lease_until < now() - interval ${GRACE}`;

/** Exported for the test that looks at its plan. */
export const FORGOTTEN = sql<{ spec: unknown }>`
  select ${jobSpec(sql`now()`)} as spec from (${UNFINISHED}) unfinished
  where not exists (select from order_jobs._private_jobs j where j.key = ${JOB_KEY})
  limit 500`;

const ADD_FORGOTTEN = sql<{ task: string; jobs: number }>`
  select split_part(added.key, ':', 1) as task, count(*)::int as jobs
  from (select array_agg(spec) as specs from (${FORGOTTEN}) forgotten having count(*) > 0) all_at_once, order_jobs.add_jobs(specs) added
  group by 1`;

/**
 * A job that was added again while it was being done: graphile-worker gives its key to the new one and takes its attempts, so
 * that it would be a dead letter for ever when it fails after all. Done by the new one it is nobody's concern.
 */
const DROP_REPLACED = sql`delete from order_jobs._private_jobs where key is null and attempts >= max_attempts and locked_at is null`;
