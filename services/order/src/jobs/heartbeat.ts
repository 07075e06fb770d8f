import type { Log } from '@emall/runtime';
import type { WorkerEvents } from 'graphile-worker';
import type { Pool } from 'pg';
import { repeatedly } from './repeatedly.ts';

const BEAT_MS = 5000;

/**
 * graphile-worker leaves the jobs of a killed process locked for 4 hours. Every pool of workers therefore says every 5 s,
 * by the database's clock, that it lives, and unlocks what belongs to one that has been silent for 15 s; and what is
 * locked in its own name although it never heard of it, because the answer to the fetch was lost.
 * A frozen process that wakes up again finds its work done: every task bears being run twice.
 */
export function keepAlive(pool: Pool, events: WorkerEvents, log: Log): { stop(): Promise<void> } {
  const ids = new Set<string>();
  const inHand = new Set<string>();

  const beat = async () => {
    try {
      if (ids.size === 0) return;
      await pool.query('insert into job_pool (id) select unnest($1::text[]) on conflict (id) do update set seen_at = now()', [[...ids]]);
      const { rows: [taken] } = await pool.query<{ pools: number; jobs: number }>(TAKE_OVER, [[...ids], [...inHand]]);
      if (taken && taken.jobs > 0) log.warn(taken, 'took over jobs that nobody has in hand');
    } catch (error) {
      log.warn({ err: error }, 'a heartbeat was missed');
    }
  };
  const beating = repeatedly(BEAT_MS, beat);
  events.on('pool:create', ({ workerPool }) => {
    ids.add(workerPool.id);
    beating.now();
  });
  events.on('localQueue:getJobs:complete', ({ jobs }) => jobs.forEach(({ id }) => inHand.add(id)));
  events.on('localQueue:returnJobs', ({ jobs }) => jobs.forEach(({ id }) => inHand.delete(id)));
  events.on('job:complete', ({ job }) => inHand.delete(job.id));
  return {
    async stop() {
      await beating.stop();
      await pool.query('delete from job_pool where id = any($1::text[])', [[...ids]]).catch(() => undefined);
    },
  };
}

/** Silent are those who stopped saying that they live, and those who were killed before they said it once. None of our jobs has a queue. */
const TAKE_OVER = `
  with silent as (
    delete from job_pool where seen_at < now() - interval '15 seconds' returning id
  ), taken as (
    update order_jobs._private_jobs set locked_at = null, locked_by = null
    where locked_by in (select id from silent)
      or (locked_at < now() - interval '15 seconds'
        and (locked_by not in (select id from job_pool) or (locked_by = any($1::text[]) and id <> all($2::bigint[]))))
    returning 1
  )
  select (select count(*)::int from silent) as pools, (select count(*)::int from taken) as jobs`;
