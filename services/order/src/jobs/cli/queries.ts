import { sql } from 'kysely';
import type { Database } from '../../database.ts';

export interface TriedJob {
  id: string;
  task: string;
  /** The order, event or refund that it is about. */
  about: string;
  attempts: number;
  lastError: string;
  /** Seconds by the database's clock: how old it is, and when it is tried again. */
  age: number;
  nextIn: number;
}

export interface Waiting {
  task: string;
  jobs: number;
  /** How many of them are being done. */
  underWay: number;
  nextIn: number;
}

export interface JobList {
  deadLetters: TriedJob[];
  failing: TriedJob[];
  waiting: Waiting[];
}

const DEAD = sql`attempts >= max_attempts and locked_at is null`;

export async function listJobs(db: Database): Promise<JobList> {
  // Of the payload, not the key: a job that was added again while it was being done has lost its key to the other.
  const tried = sql`job.id::text, task.identifier as task, coalesce((select string_agg(value, ':' order by key) from json_each_text(payload)), '') as about,
    attempts, coalesce(last_error, '') as "lastError",
    round(extract(epoch from now() - created_at))::int as age, greatest(0, round(extract(epoch from run_at - now())))::int as "nextIn"
    from order_jobs._private_jobs job join order_jobs._private_tasks task on task.id = job.task_id`;
  const { rows: deadLetters } = await sql<TriedJob>`select ${tried} where ${DEAD} order by job.id`.execute(db);
  const { rows: failing } = await sql<TriedJob>`select ${tried} where last_error is not null and not (${DEAD}) order by job.id`.execute(db);
  const { rows: waiting } = await sql<Waiting>`
    select task_identifier as task, count(*)::int as jobs, count(locked_at)::int as "underWay", greatest(0, round(extract(epoch from min(run_at) - now())))::int as "nextIn"
    from order_jobs.jobs where last_error is null and not (${DEAD}) group by 1 order by 1`.execute(db);
  return { deadLetters, failing, waiting };
}

/** Which of these are dead letters. */
export async function deadLettersOf(db: Database, ids: string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id::text from order_jobs._private_jobs where id = any(${ids}::bigint[]) and ${DEAD} order by _private_jobs.id`.execute(db);
  return rows.map(({ id }) => id);
}

/** Begins them anew, with all their attempts. @returns the ids */
export async function retryDeadLetters(db: Database, ids: 'all' | string[]): Promise<string[]> {
  const those = ids === 'all' ? sql`` : sql`and id = any(${ids}::bigint[])`;
  const { rows } = await sql<{ id: string }>`
    update order_jobs._private_jobs set attempts = 0, run_at = now(), updated_at = now() where ${DEAD} ${those} returning id::text`.execute(db);
  return rows.map(({ id }) => id);
}
