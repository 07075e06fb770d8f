import { EventEmitter } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { createPool, type Log } from '@emall/runtime';
import { Logger, run, type Runner, type RunnerOptions, type TaskList, type WorkerEvents } from 'graphile-worker';
import type { Pool } from 'pg';
import type { JobDeps } from './deps.ts';
import { fetching, lookAgain } from './fetching.ts';
import { keepAlive } from './heartbeat.ts';
import { reconcile } from './reconcile.ts';
import { repeatedly, type Repeated } from './repeatedly.ts';
import { taskLists } from './tasks.ts';

export interface WorkerSettings {
  url: string;
  /** Of the service's connections, how many are for the queue: two listen for new jobs, the rest fetch and complete them. At least 3. */
  connections: number;
}

export interface JobWorker {
  /** Hands back what has not been begun and waits for what has. */
  stop(): Promise<void>;
}

const MOST_FOR_JOBS = 4;

/** Divides a replica's connections. Answering comes first, but the queue needs three. The tasks themselves use those of answering. */
export function shareOut(connections: number): { forJobs: number; forAnswers: number } {
  if (connections < 4) throw new RangeError(`${connections} connections are too few for answering and for jobs: 4 are needed`);
  const forJobs = Math.min(MOST_FOR_JOBS, Math.max(3, Math.floor(connections * 0.4)));
  return { forJobs, forAnswers: connections - forJobs };
}

/** How many jobs one fetch brings. Of the slow ones no more than there are slots: what waits behind a stranger's silence could be done elsewhere. */
const QUICK_AT_ONCE = 24;
/** Of those, how many are in hand: they share statements (`together`), and use a connection for a moment each. */
const QUICK_IN_HAND = 12;

const START_AGAIN_MS = 2000;
/** How long a runner may take to end by itself, or to fetch again, before another begins. */
const ENDING_MS = 10_000;
const RECONCILE_MS = 5000;

/** Runs jobs inside this process for as long as it lives; a database that is away is waited for. */
export function startWorker({ url, connections }: WorkerSettings, deps: JobDeps): JobWorker {
  const { log } = deps;
  const pool = createPool({ url, name: 'jobs', max: connections, statementTimeoutMs: 5000, acquireTimeoutMs: 2000, log });
  const { quick, slow } = taskLists(deps);
  const runners = [
    keepRunning((events) => options(pool, events, { taskList: quick, atOnce: QUICK_AT_ONCE, inHand: QUICK_IN_HAND }, log), pool, log),
    keepRunning((events) => options(pool, events, { taskList: slow, atOnce: pool.options.max, inHand: pool.options.max }, log), pool, log),
  ];
  const reconciler = startReconciler(deps);
  return {
    async stop() {
      await Promise.all([reconciler.stop(), ...runners.map((runner) => runner.stop())]);
      await pool.end();
    },
  };
}

/** Tasks that are fetched together, and begun again when the database took them down with it. */
function keepRunning(optionsOf: (events: WorkerEvents) => RunnerOptions, pool: Pool, log: Log): JobWorker {
  const stopping = new AbortController();
  let runner: Runner | undefined;

  const live = async () => {
    while (!stopping.signal.aborted) {
      const events: WorkerEvents = new EventEmitter();
      const beat = keepAlive(pool, events, log);
      const broken = whenBroken(events);
      lookAgain(events);
      try {
        runner = await run(optionsOf(events));
        if (stopping.signal.aborted) await runner.stop();
        await Promise.race([runner.promise, broken]);
      } catch (error) {
        if (!stopping.signal.aborted) log.warn({ err: error }, 'jobs wait for the database');
      } finally {
        // What it goes on doing by the clock would keep the process from its end.
        runner?.stop().catch(() => undefined);
        runner = undefined;
        await beat.stop();
      }
      await wait(START_AGAIN_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };

  const life = live();
  return {
    async stop() {
      stopping.abort();
      runner?.stop().catch((error: unknown) => log.warn({ err: error }, 'jobs were not stopped cleanly'));
      await life;
    },
  };
}

/**
 * graphile-worker 0.18 can be broken for good while its heart beats. It counts wrongly after a completion that failed, and
 * may then wait for ever for its own end; and a first look at its table of tasks that failed is remembered, so that every
 * fetch fails. Whatever it still has in hand then may be done twice, which every task bears.
 */
function whenBroken(events: WorkerEvents): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  events.once('pool:fatalError', () => setTimeout(resolve, ENDING_MS).unref());
  let failingSince: number | undefined;
  events.on('localQueue:getJobs:complete', () => (failingSince = undefined));
  (events as EventEmitter).on(FETCH_FAILED, () => {
    failingSince ??= performance.now();
    if (performance.now() - failingSince > ENDING_MS) resolve();
  });
  return promise;
}

function startReconciler({ db, log }: JobDeps): Repeated {
  return repeatedly(RECONCILE_MS, async () => {
    try {
      const added = await reconcile(db);
      if (Object.keys(added).length > 0) log.info({ added }, 'added jobs for what was left unfinished');
    } catch (error) {
      log.warn({ err: error }, 'nobody looked for what was left unfinished');
    }
  });
}

interface Slots {
  taskList: TaskList;
  atOnce: number;
  inHand: number;
}

function options(pgPool: Pool, events: WorkerEvents, { taskList, atOnce, inHand }: Slots, log: Log): RunnerOptions {
  return {
    pgPool,
    events,
    taskList,
    parsedCronItems: [],
    schema: 'order_jobs',
    // More than connections, of which graphile-worker says so at each start: the tasks use those of answering.
    concurrency: inHand,
    noHandleSignals: true,
    logger: toLogger(log, events),
    pollInterval: 1000,
    preset: {
      worker: {
        // By default a job costs more than the order it follows: one fetch brings several, and they are completed together.
        localQueue: fetching(atOnce),
        completeJobBatchDelay: 100,
        failJobBatchDelay: 100,
      },
    },
  };
}

/** What it calls an error is tried again, for a day; what nobody mends by waiting is logged by the task itself. */
const LEVELS = { error: 'warn', warning: 'warn', info: 'debug', debug: 'trace' } as const;

/** An event of ours: it has none for this. */
const FETCH_FAILED = 'fetch:failed';

/** Its messages can hold payloads, which hold ids only. */
function toLogger(log: Log, events: EventEmitter): Logger {
  return new Logger((scope) => (level, message) => {
    if (message.startsWith('Error occurred fetching jobs')) events.emit(FETCH_FAILED);
    log[LEVELS[level as keyof typeof LEVELS] ?? 'debug']({ ...scope }, message);
  });
}
