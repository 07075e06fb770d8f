import { type RawBuilder, sql } from 'kysely';
import type { Trx } from '../database.ts';
import type { TaskName, Tasks } from './names.ts';

/** With a back-off of at most 10 s, a day of trying; then the job stays for somebody to look at. */
const MAX_ATTEMPTS = 8640;

export interface NewJob {
  task: TaskName;
  payload: Tasks[TaskName];
  runAfterSeconds?: number;
}

export function job<Name extends TaskName>(task: Name, payload: Tasks[Name], options: { runAfterSeconds?: number } = {}): NewJob {
  return { task, payload, ...options };
}

const FOLLOW_SECONDS = 60;

/** What follows while an order waits for its payment: its end, and until then a look at the payment every minute. */
export function waitingJobs(orderId: string, holdSeconds: number): NewJob[] {
  return [job('expire-order', { orderId }, { runAfterSeconds: holdSeconds }), ...followJobs(orderId, holdSeconds)];
}

/** None when the hold ends first: whoever ends it asks the provider, too. */
export function followJobs(orderId: string, secondsLeft: number): NewJob[] {
  return secondsLeft > FOLLOW_SECONDS ? [job('follow-payment', { orderId }, { runAfterSeconds: FOLLOW_SECONDS })] : [];
}

/** What follows when an order is sold, whichever way it is paid. */
export function soldJobs(orderId: string): NewJob[] {
  return [job('finish-sale', { orderId }), job('send-confirmation', { orderId })];
}

/** A job of `(task, payload)` as graphile-worker takes it. Its key is what it is about: a second one replaces the first while that waits. */
export const JOB_KEY = sql`task || ':' || (select string_agg(value, ':' order by key) from json_each_text(payload))`;
export const jobSpec = (runAt: RawBuilder<unknown>) => sql`(task, payload, null, ${runAt}, ${MAX_ATTEMPTS}::int, ${JOB_KEY}, ${PRIORITY}, null)::order_jobs.job_spec`;
/** Of what waits for strangers, what a shopper waits for goes first: a payment that was made, and the mail about the order. What only makes sure goes last. */
const PRIORITY = sql`case when task in ('apply-payment-event', 'send-confirmation') then -1 when task = 'follow-payment' then 1 else 0 end`;

/** Writes work that must follow, in the transaction of its cause: one statement, however many jobs. */
export async function addJobs(trx: Trx, jobs: readonly NewJob[]): Promise<void> {
  await sql`select count(*) from (${specsOf(jobs)}) as wanted, order_jobs.add_jobs(specs)`.execute(trx);
}

/** One row with all `specs` as graphile-worker takes them; with a source, no row when that has none. */
export function specsOf(jobs: readonly NewJob[], source = sql``): RawBuilder<unknown> {
  const wanted = JSON.stringify(jobs.map(({ task, payload, runAfterSeconds = 0 }) => ({ task, payload, after: runAfterSeconds })));
  return sql`
    select array_agg(${jobSpec(sql`now() + make_interval(secs => after)`)}) as specs
    from json_to_recordset(${wanted}::json) as spec(task text, payload json, after float8) ${source}
    having count(*) > 0`;
}
