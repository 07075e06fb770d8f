import { EventEmitter } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { Log } from '@emall/runtime';
import { Logger, run, type Runner, type RunnerOptions, type WorkerEvents } from 'graphile-worker';
import pg from 'pg';
import type { JobDeps } from './deps.ts';
import { keepAlive } from './heartbeat.ts';
import { taskList } from './tasks.ts';

export interface WorkerSettings {
  url: string;
  /** Of the service's connections, how many are for jobs: one listens for new ones, the rest work. At least 2. */
  connections: number;
}

export interface JobWorker {
  /** Hands back what has not been begun and waits for what has. */
  stop(): Promise<void>;
}

const CONCURRENCY = 4;

/** Divides a replica's connections. Answering comes first, but jobs need two: one that listens and one that works. */
export function shareOut(connections: number): { forJobs: number; forAnswers: number } {
  if (connections < 3) throw new RangeError(`${connections} connections are too few for answering and for jobs: 3 are needed`);
  const forJobs = Math.min(3, Math.max(2, Math.floor(connections / 4)));
  return { forJobs, forAnswers: connections - forJobs };
}

const START_AGAIN_MS = 2000;

/** Runs jobs inside this process for as long as it lives; a database that is away is waited for. */
export function startWorker(settings: WorkerSettings, deps: JobDeps): JobWorker {
  const { log } = deps;
  const stopping = new AbortController();
  let runner: Runner | undefined;

  const live = async () => {
    while (!stopping.signal.aborted) {
      const pool = createPool(settings, log);
      const events: WorkerEvents = new EventEmitter();
      const beat = keepAlive(pool, events, log);
      try {
        runner = await run(options(pool, events, deps));
        if (stopping.signal.aborted) await runner.stop();
        await runner.promise;
      } catch (error) {
        if (!stopping.signal.aborted) log.warn({ err: error }, 'jobs wait for the database');
      } finally {
        runner = undefined;
        await beat.stop();
        await pool.end().catch(() => undefined);
      }
      await wait(START_AGAIN_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };

  const life = live();
  return {
    async stop() {
      stopping.abort();
      await runner?.stop().catch((error: unknown) => log.warn({ err: error }, 'jobs were not stopped cleanly'));
      await life;
    },
  };
}

function options(pgPool: pg.Pool, events: WorkerEvents, deps: JobDeps): RunnerOptions {
  return {
    pgPool,
    events,
    taskList: taskList(deps),
    parsedCronItems: [],
    schema: 'order_jobs',
    concurrency: CONCURRENCY,
    noHandleSignals: true,
    logger: toLogger(deps.log),
    pollInterval: 1000,
    preset: {
      worker: {
        // By default a job costs more than the order it follows: one fetch brings several, and they are completed together.
        localQueue: { size: 2 * CONCURRENCY, ttl: 10_000 },
        completeJobBatchDelay: 50,
        failJobBatchDelay: 50,
      },
    },
  };
}

function createPool({ url, connections }: WorkerSettings, log: Log): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    application_name: 'order/jobs',
    connectionTimeoutMillis: 2000,
    statement_timeout: 5000,
    keepAlive: true,
  });
  const lost = (error: Error) => log.warn({ pool: 'jobs', reason: error.message }, 'a database connection was lost');
  pool.on('error', lost);
  pool.on('connect', (client) => client.on('error', lost));
  return pool;
}

const LEVELS = { error: 'error', warning: 'warn', info: 'debug', debug: 'trace' } as const;

/** Its messages can hold payloads, which hold ids only. */
function toLogger(log: Log): Logger {
  return new Logger((scope) => (level, message) => log[LEVELS[level as keyof typeof LEVELS] ?? 'debug']({ ...scope }, message));
}
