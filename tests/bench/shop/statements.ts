import type pg from 'pg';

/** What Postgres did for one operation. */
export interface Statements {
  /** Of the services, without BEGIN and COMMIT. */
  calls: number;
  /** Transactions that wrote and waited for the disk. */
  flushes: number;
  /** The dearest, with their calls for one operation. */
  texts: { text: string; calls: number; ms: number }[];
}

interface Row {
  calls: number;
  ms: number;
  text: string;
}

/**
 * Counts statements of the services' roles while `work` runs. What comes by the clock (sweeps, beats, a look for jobs) is
 * recognised by its number: less than every second operation asks for it.
 */
export async function countStatements(database: pg.Client, { operations, writes }: { operations: number; writes: boolean }, work: () => Promise<unknown>): Promise<Statements> {
  const before = writes ? await flushesOf(database) : 0;
  await database.query('select extensions.pg_stat_statements_reset()');
  await work();
  const flushes = writes ? (await flushesOf(database)) - before : 0;
  const { rows } = await database.query<Row>(`
    select calls::int, total_exec_time as ms, left(regexp_replace(query, '\\s+', ' ', 'g'), 140) as text
    from extensions.pg_stat_statements join pg_roles on pg_roles.oid = userid
    where rolname like '%\\_run' order by calls desc, total_exec_time desc`);
  const texts = rows.map(({ calls, ms, text }) => ({ text, calls: calls / operations, ms: ms / calls })).filter(({ calls }) => calls >= 0.5);
  return { calls: texts.reduce((sum, { calls }) => sum + calls, 0), flushes: flushes / operations, texts };
}

/** An idle backend tells what it did after at most 10 s (PGSTAT_IDLE_INTERVAL). */
const REPORTED_MS = 11_000;

async function flushesOf(database: pg.Client): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, REPORTED_MS));
  const { rows } = await database.query<{ fsyncs: number }>("select sum(fsyncs)::int as fsyncs from pg_stat_io where object = 'wal'");
  return rows[0]?.fsyncs ?? 0;
}
