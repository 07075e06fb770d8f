import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { isPointless, requestContext } from './context.ts';
import { timeLimit } from './deadline.ts';
import type { Log } from './log.ts';
import { poolConnections, poolMax, poolPending, poolTimeouts, poolWait } from './metrics.ts';
import { CROWDED, isPoolTimeout, POINTLESS } from './database-faults.ts';
import { PreparingClient, type WatchedClient, watch } from './prepared.ts';
import { Silence } from './silence.ts';

export interface DatabaseOptions {
  url: string;
  /** Names the pool in metrics: a service that has two gives each its own budget. */
  name: string;
  /** The most connections this pool opens; see `poolSize`. */
  max: number;
  /** Server-side limit for one statement in milliseconds. Should be below the deadline of the calls it serves. */
  statementTimeoutMs?: number;
  /** How long a call waits for a connection in milliseconds before it is answered with 503. */
  acquireTimeoutMs?: number;
  log: Log;
}

/** The refusal that follows is on its way within 500 ms. */
const ACQUIRE_TIMEOUT_MS = 400;
/** What a connection is lent for takes 1 to 8 ms: behind more than that for each of them nobody has their turn in time. */
const LENT_MS = 8;

/**
 * The pool of one replica at any scale: floor(share × part / (replicas + 1)). One more than the replicas, because whoever
 * takes the place of another runs beside it for a while, in a deploy as in a change of scale. So the share holds
 * - in a deploy: (n + 1) × share / (n + 1);
 * - from n to m > n replicas, when the n are replaced first: at most n × share / (n + 1) + share / (m + 1), and then m × share / (m + 1);
 * - from n to m < n, when n - m end first: at most (m + 1) × share / (m + 1) while the others are replaced.
 * @param part which fraction of the service's share this pool has, 0..1
 * @throws RangeError when that is less than one connection
 */
export function poolSize({ connections, replicas, part = 1 }: { connections: number; replicas: number; part?: number }): number {
  const size = Math.floor((connections * part) / (replicas + 1));
  if (size < 1) throw new RangeError(`${connections} connections × ${part} are too few for ${replicas} replicas`);
  return size;
}

/**
 * One plan for each statement and connection, made again when its tables are analysed. Left to itself Postgres plans listings
 * and searches anew each time (it takes the plan for these values for cheaper, and does not count the planning), which was half
 * of what they cost: 0.86 ms instead of 0.48 ms a listing. Compiling a plan (JIT) is for reports, not for answers of milliseconds.
 */
const PLAN_ONCE = '-c plan_cache_mode=force_generic_plan -c jit=off';

/**
 * A Kysely instance over a bounded pool. Statements are prepared by name and planned once (planning can cost more than running);
 * unless told otherwise nobody waits longer than 400 ms for a connection: a full pool answers 503 and never opens more.
 */
export function createDatabase<Schema>(options: DatabaseOptions): Kysely<Schema> {
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool: createPool(options, PLAN_ONCE) }) });
}

/**
 * The pool below `createDatabase`, for libraries that speak to one themselves.
 * @param settings of Postgres for its sessions, as `-c name=value`
 */
export function createPool({ url, name, max, statementTimeoutMs = 2000, acquireTimeoutMs = ACQUIRE_TIMEOUT_MS, log }: DatabaseOptions, settings?: string): pg.Pool {
  const [acquireMs, statementMs] = [timeLimit(acquireTimeoutMs), timeLimit(statementTimeoutMs)];
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: `${log.bindings()['service'] ?? 'emall'}/${name}`,
    connectionTimeoutMillis: acquireMs,
    idleTimeoutMillis: 60_000,
    statement_timeout: statementMs,
    // The server's own limit comes first; this one is for a server that is frozen or cut off.
    query_timeout: statementMs + 500,
    keepAlive: true,
    ...(settings !== undefined && { options: settings }),
    Client: PreparingClient,
  });
  pool.on('error', (error) => log.warn({ pool: name, reason: error.message }, 'an idle database connection was lost'));
  const silence = new Silence(url, name, log, () => pool.ending);
  pool.on('connect', (client) => {
    watch(client as unknown as WatchedClient, (reason) => log.warn({ pool: name, reason }, 'a database connection was lost in use'));
    (client as NodeJS.EventEmitter).on('unanswered', () => silence.begin());
  });
  measure(pool, { name, max, most: max * Math.ceil(acquireMs / LENT_MS) }, silence);
  return pool;
}

/** @param most how many may wait for a connection at once */
function measure(pool: pg.Pool, { name, max, most }: { name: string; max: number; most: number }, silence: Silence): void {
  const labels = { 'db.client.connection.pool.name': name };
  const connect = pool.connect.bind(pool) as (callback?: unknown) => Promise<pg.PoolClient>;
  const measured = async () => {
    const start = performance.now();
    try {
      silence.refuse();
      refusePointless();
      if (pool.waitingCount >= most) throw new Error(CROWDED);
      const client = await connect();
      try {
        refusePointless();
      } catch (error) {
        client.release();
        throw error;
      }
      return client;
    } catch (error) {
      if (isPoolTimeout(error)) poolTimeouts.add(1, labels);
      throw error;
    } finally {
      poolWait.record((performance.now() - start) / 1000, labels);
    }
  };
  // The pool's own `query` passes a callback, and so do libraries.
  (pool as { connect: unknown }).connect = (callback?: unknown) => (callback === undefined ? measured() : connect(callback));
  poolConnections.addCallback((gauge) => {
    gauge.observe(pool.idleCount, { ...labels, state: 'idle' });
    gauge.observe(pool.totalCount - pool.idleCount, { ...labels, state: 'used' });
  });
  poolPending.addCallback((gauge) => gauge.observe(pool.waitingCount, labels));
  poolMax.addCallback((gauge) => gauge.observe(max, labels));
}

/** Nothing is begun for whoever no longer waits. */
function refusePointless(): void {
  const context = requestContext.getStore();
  if (context && isPointless(context)) throw new Error(POINTLESS);
}
