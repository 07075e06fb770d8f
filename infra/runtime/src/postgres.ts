import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { isPointless, requestContext } from './context.ts';
import { timeLimit } from './deadline.ts';
import type { Log } from './log.ts';
import { poolConnections, poolMax, poolPending, poolTimeouts, poolWait } from './metrics.ts';
import { unavailable } from './problems.ts';
import { SILENT, Silence } from './silence.ts';

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

/**
 * How many statements a connection has planned at once. A plan takes some 100 kB of the server's memory for as long as the
 * connection lives, and the texts of listings are a product of what can be filtered by: 1,920 listings brought eight
 * connections from 2 MB each to 30 to 60 MB within 20 s. What a service sends day in, day out are some dozens.
 */
const MOST_PREPARED = 100;

/** Kysely sends no statement names, so every call would be parsed and planned anew. The plan that was not used for the longest goes. */
class PreparingClient extends pg.Client {
  /** Names by text, the one used last at the end. */
  readonly #prepared = new Map<string, string>();
  #names = 0;

  // oxlint-disable-next-line typescript/no-explicit-any -- pg's overloads cannot be restated: they are passed through
  override query(...args: any[]): any {
    const context = requestContext.getStore();
    if (context) context.statements += 1;
    const [text, values] = args;
    if (typeof text === 'string' && Array.isArray(values) && values.length > 0) {
      args.splice(0, 2, { name: this.#nameOf(text), text, values });
    }
    const result = super.query(...(args as Parameters<pg.Client['query']>)) as unknown as Promise<unknown> | undefined;
    result?.catch?.((error: pg.DatabaseError) => {
      // What was sent is still unanswered: whoever got this connection next would wait behind it.
      const unanswered = error.message === 'Query read timeout';
      // Of a server that another one has taken over from: a new connection leads to that.
      if (unanswered || error.code === READ_ONLY) retire(this as unknown as WatchedClient);
      if (unanswered) this.emit('unanswered');
    });
    return result;
  }

  #nameOf(text: string): string {
    const name = this.#prepared.get(text) ?? `s${(this.#names += 1)}`;
    this.#prepared.delete(text);
    this.#prepared.set(text, name);
    for (const [oldest, forgotten] of this.#prepared) {
      if (this.#prepared.size <= MOST_PREPARED) break;
      this.#prepared.delete(oldest);
      this.#forget(forgotten);
    }
    return name;
  }

  /** Goes out with the next statement, and is no error in any state of a transaction. Names are never given again. */
  #forget(name: string): void {
    const { connection } = this as unknown as WatchedClient;
    connection.close({ type: 'S', name });
    delete connection.parsedStatements[name];
  }
}

const READ_ONLY = '25006';

/** What pg's own pool reads of a client but its types do not tell. */
interface WatchedClient extends NodeJS.EventEmitter {
  connection: NodeJS.EventEmitter & { parsedStatements: Record<string, string>; close(what: { type: 'S'; name: string }): void };
  _queryable: boolean;
}

/**
 * A connection that dies in use fails its query; without a listener of its own it would end the process as well.
 * The server's last message comes before the socket closes: from then on the pool must not lend the connection again.
 */
function watch(client: WatchedClient, lost: (reason: string) => void): void {
  client.on('error', (error: Error) => lost(error.message));
  client.connection.on('errorMessage', ({ severity }: { severity: string }) => {
    if (severity === 'FATAL' || severity === 'PANIC') retire(client);
  });
}

/** The pool closes such a connection when it comes back instead of lending it again. */
function retire(client: WatchedClient): void {
  client._queryable = false;
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

const CROWDED = 'too many wait for a database connection';
const POINTLESS = 'nobody waits for this statement any more';
/** Refusals of our own; see also `SILENT`. */
const REFUSED = new Set([SILENT, CROWDED, POINTLESS]);

export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  return error instanceof pg.DatabaseError && error.code === '23505' && (constraint === undefined || error.constraint === constraint);
}

function isPoolTimeout(error: unknown): boolean {
  const message = (error as Error | null)?.message;
  return message === 'timeout exceeded when trying to connect' || message === CROWDED;
}

/** SQLSTATE classes in which the server, not the statement, is at fault: connection, resources, operator, system, read-only, lock. */
const SERVER_AT_FAULT = /^(08|53|57|58|XX|25006$|25P0[34]$|55P03$|40001$|40P01$)/;
const SOCKET_AT_FAULT = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOENT', 'EHOSTUNREACH', 'ENOTFOUND']);
const DRIVER_AT_FAULT = /^(Connection terminated|Query read timeout|Client has encountered a connection error|timeout exceeded when trying to connect|Client was closed)/;

/** True when the database did not answer as it should, so that the honest answer is 503, never 404 and never an empty list. */
export function isDatabaseFault(error: unknown): boolean {
  // By shape, not by class: Node makes AggregateError and socket errors in a realm of its own when tests run in another.
  const { code, syscall, severity, message, errors } = (error ?? {}) as Partial<pg.DatabaseError & NodeJS.ErrnoException & AggregateError>;
  if (severity !== undefined) return SERVER_AT_FAULT.test(code ?? '');
  if (Array.isArray(errors)) return errors.some(isDatabaseFault);
  return (syscall !== undefined && SOCKET_AT_FAULT.has(code ?? '')) || DRIVER_AT_FAULT.test(message ?? '') || REFUSED.has(message ?? '');
}

/** The answer to a database fault. */
export function databaseUnavailable(cause: unknown) {
  return unavailable({ detail: 'We cannot reach our records for a moment. Please try again.', cause });
}
