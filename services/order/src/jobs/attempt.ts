import { jobRuns, type Log } from '@emall/runtime';
import type { JobHelpers } from 'graphile-worker';
import { sql } from 'kysely';
import { CannotSucceed, type JobDeps } from './deps.ts';

/**
 * Runs a task once. What is kept of a failure names its causes and nobody's address. One that is known to be in vain
 * becomes a dead letter at once, instead of after a day.
 */
export async function attempt(run: () => Promise<void>, { job }: JobHelpers, { db, log }: Pick<JobDeps, 'db' | 'log'>): Promise<void> {
  try {
    await run();
    jobRuns.add(1, { 'emall.job': job.task_identifier, outcome: 'done' });
  } catch (error) {
    jobRuns.add(1, { 'emall.job': job.task_identifier, outcome: 'failed' });
    const inVain = error instanceof CannotSucceed && (await giveUp(db, job.id, log));
    if (inVain || job.attempts >= job.max_attempts) log.error({ task: job.task_identifier, job: job.id }, 'a job was given up: `emall jobs` lists it');
    const message = causesOf(error);
    throw Object.assign(new Error(message), { stack: [message, ...framesOf(error)].join('\n') });
  }
}

/** While it is locked by us; failing then leaves it where it is. */
async function giveUp(db: JobDeps['db'], id: string, log: Log): Promise<boolean> {
  return await sql`update order_jobs._private_jobs set attempts = max_attempts where id = ${id}::bigint`.execute(db).then(
    () => true,
    (error: unknown) => (log.warn({ err: error }, 'a job that is in vain is tried again'), false),
  );
}

/** `Service unavailable: catalog did not answer POST /internal/…: connect ECONNREFUSED 127.0.0.1:9` */
export function causesOf(error: unknown): string {
  const messages: string[] = [];
  for (let at = error; at !== undefined && at !== null && messages.length < 5; at = nextOf(at)) messages.push(messageOf(at));
  return messages.filter((message, index) => message !== messages[index - 1]).join(': ').replaceAll(ADDRESS, '(an address)');
}

const ADDRESS = /[^\s<>"'(),:;]+@[^\s<>"'(),:;]+/g;

/** A connection that fails by every address is an AggregateError without words. */
function nextOf(error: object | string): unknown {
  const { cause, errors } = error as { cause?: unknown; errors?: unknown };
  return cause ?? (Array.isArray(errors) ? errors[0] : undefined);
}

function messageOf(error: unknown): string {
  const { message, code, name } = error as { message?: unknown; code?: unknown; name?: unknown };
  return [message, code, name, error].map((each) => (each === undefined ? '' : String(each))).find((text) => text !== '') ?? '';
}

function framesOf(error: unknown): string[] {
  const { stack } = (error ?? {}) as { stack?: unknown };
  return typeof stack === 'string' ? stack.split('\n').filter((line) => /^\s+at /.test(line)) : [];
}
