import { sql } from 'kysely';
import type { Trx } from '../database.ts';
import type { TaskName, Tasks } from './names.ts';

/** With a back-off of at most 10 s, a day of trying; then the job stays for somebody to look at. */
const MAX_ATTEMPTS = 8640;

export interface NewJob {
  task: TaskName;
  payload: Tasks[TaskName];
  /** A second job with this key replaces the first while that waits. */
  key?: string;
  runAfterSeconds?: number;
}

export function job<Name extends TaskName>(task: Name, payload: Tasks[Name], options: { key?: string; runAfterSeconds?: number } = {}): NewJob {
  return { task, payload, ...options };
}

/** What follows when an order is sold, whichever way it is paid. */
export function soldJobs(orderId: string): NewJob[] {
  return [job('commit-stock', { orderId }), job('clear-cart', { orderId }), job('send-confirmation', { orderId }, { key: `send-confirmation:${orderId}` })];
}

/** Writes work that must follow, in the transaction of its cause: one statement, however many jobs. */
export async function addJobs(trx: Trx, jobs: readonly NewJob[]): Promise<void> {
  const specs = JSON.stringify(jobs.map(({ task, payload, key = null, runAfterSeconds = 0 }) => ({ task, payload, key, after: runAfterSeconds })));
  await sql`
    select count(*) from order_jobs.add_jobs((
      select array_agg((task, payload, null, now() + make_interval(secs => after), ${MAX_ATTEMPTS}::int, key, null, null)::order_jobs.job_spec)
      from json_to_recordset(${specs}::json) as spec(task text, payload json, key text, after float8)
    ))`.execute(trx);
}
