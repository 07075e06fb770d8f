import { retryConflicts } from '@emall/runtime';
import { sql } from 'kysely';
import type { Database } from '../database.ts';
import { soldJobs, specsOf } from '../jobs/add-jobs.ts';
import type { Answer } from '../keys/answer.ts';
import { type Claim, ClaimLost } from '../keys/queries.ts';
import { insertion, type NewOrder } from '../orders/queries.ts';

/**
 * Stores an order that is sold as it is placed, with what must follow it and the answer that is kept for ever: all or
 * nothing, in one statement. As a transaction of five it cost four more round trips, which cost more than the work itself.
 * The claim is locked first: who waits to take it over sees this order, and who has taken it over is waited for.
 * False, and nothing, when another order of the shopper is in the way, see `insertOrder`. @throws ClaimLost
 */
export async function storeSold(db: Database, { shopper, key, holder }: Claim, order: NewOrder, answer: Answer): Promise<boolean> {
  const store = sql<{ held: boolean; stored: boolean }>`
    with held as materialized (
      select from idempotency_key where shopper = ${shopper} and key = ${key} and holder = ${holder}::uuid and status is null for update
    ), ${insertion(order, sql`from held`)}, followed as (
      select count(*) from (${specsOf(soldJobs(order.id), sql`, placed`)}) as wanted, order_jobs.add_jobs(specs)
    ), kept as (
      update idempotency_key set status = ${answer.status}, content_type = ${answer.contentType}, body = ${answer.body}, answered_at = now()
      from placed where idempotency_key.shopper = ${shopper} and key = ${key}
    )
    select exists (select from held) as held, exists (select from placed) as stored from followed`;
  const { rows: [outcome] } = await retryConflicts(() => store.execute(db));
  if (!outcome?.held) throw new ClaimLost();
  return outcome.stored;
}
