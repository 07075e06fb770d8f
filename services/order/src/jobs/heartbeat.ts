import type { Log } from '@emall/runtime';
import type { WorkerEvents } from 'graphile-worker';
import type { Pool } from 'pg';

const BEAT_MS = 5000;

/**
 * graphile-worker leaves the jobs of a killed process locked for 4 hours. Every pool of workers therefore says every 5 s,
 * by the database's clock, that it lives, and unlocks what belongs to one that has been silent for 15 s.
 * A frozen process that wakes up again finds its work done: every task bears being run twice.
 */
export function keepAlive(pool: Pool, events: WorkerEvents, log: Log): { stop(): Promise<void> } {
  const ids = new Set<string>();
  let beating: Promise<void> = Promise.resolve();

  const beat = async () => {
    try {
      if (ids.size === 0) return;
      await pool.query('insert into job_pool (id) select unnest($1::text[]) on conflict (id) do update set seen_at = now()', [[...ids]]);
      const { rows } = await pool.query(UNLOCK_SILENT);
      if (rows[0]?.unlocked?.length > 0) log.warn({ pools: rows[0].unlocked }, 'took over the jobs of processes that fell silent');
    } catch (error) {
      log.warn({ err: error }, 'a heartbeat was missed');
    }
  };
  const next = () => (beating = beating.then(beat));

  events.on('pool:create', ({ workerPool }) => {
    ids.add(workerPool.id);
    void next();
  });
  const timer = setInterval(next, BEAT_MS);
  return {
    async stop() {
      clearInterval(timer);
      await beating;
      await pool.query('delete from job_pool where id = any($1::text[])', [[...ids]]).catch(() => undefined);
    },
  };
}

const UNLOCK_SILENT = `
  with silent as (
    delete from job_pool where seen_at < now() - interval '15 seconds' returning id
  ), strangers as (
    -- Killed before its first heartbeat.
    select distinct locked_by as id from order_jobs.jobs
    where locked_at < now() - interval '15 seconds' and locked_by not in (select id from job_pool)
  ), gone as (
    select id from silent union select id from strangers
  ), unlocked as (
    select order_jobs.force_unlock_workers(array(select id from gone)) from (select 1) once where exists (select 1 from gone)
  )
  select array(select id from gone) as unlocked, (select count(*) from unlocked) as done`;
