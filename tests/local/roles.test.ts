import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool, toProblem } from '@emall/runtime';
import { PATIENCE_MS, recordLog, type TestDatabase, testDatabase } from '@emall/runtime/testing';
import pg from 'pg';
import { budget, databaseServices } from '../../infra/postgres/budget.ts';
import { type Limits, roleNames, rolesSql, rooms, runnerOf, schemasOf } from '../../infra/postgres/roles.ts';
import { until } from './shop.ts';

const REFUSED = '42501';

describe('a shop without its limits', () => {
  const passwords = Object.fromEntries(roleNames.map((role) => [role, 'secret']));

  it('bounds neither connections nor time of the running roles, and the next start does again', () => {
    const bounds = /connection limit -?\d+|(statement|lock|idle_in_transaction_session)_timeout = '\w+'/g;
    const boundsOf = (limits?: Limits) => rolesSql('shop', passwords, limits).filter((statement) => statement.includes(runnerOf('order'))).join('\n').match(bounds);
    expect(boundsOf({ connections: false, time: false })).toEqual(['connection limit -1', "statement_timeout = '0'", "lock_timeout = '0'", "idle_in_transaction_session_timeout = '0'"]);
    expect(boundsOf()).toEqual(['connection limit 32', "statement_timeout = '2s'", "lock_timeout = '1500ms'", "idle_in_transaction_session_timeout = '2s'"]);
  });
});

describe.each(databaseServices)('the running role of %s', (service) => {
  let database: TestDatabase;
  let runner: pg.Client;
  const { schema } = rooms[service];

  beforeAll(async () => {
    database = await testDatabase(service);
    runner = new pg.Client({ connectionString: database.url });
    await runner.connect();
  });

  afterAll(async () => {
    await runner.end();
    await database.drop();
  });

  const codeOf = (statement: string) => runner.query(statement).then(() => 'done', (error: pg.DatabaseError) => error.code);

  it('works in its own schema without naming it', async () => {
    const { rows } = await runner.query<{ current_schema: string }>('select current_schema');
    expect(rows[0]?.current_schema).toBe(schema);
  });

  it.each([
    `create table ${schema}.mine (id int)`,
    'create table public.mine (id int)',
    'create schema mine',
    `drop schema ${schema} cascade`,
    `create function ${schema}.mine() returns int language sql as 'select 1'`,
    'create role somebody',
    `set role ${service}_owner`,
    'create extension pgcrypto',
    "select pg_read_file('/etc/passwd')",
    "copy (select 1) to program 'id'",
    "alter system set max_connections = 1000",
  ])('is refused: %s', async (statement) => {
    expect(await codeOf(statement)).toBe(REFUSED);
  });

  it('neither sees nor changes the tables of the others', async () => {
    const others = databaseServices.flatMap((other) => (other === service ? [] : schemasOf(other)));
    const { rows } = await runner.query<{ tables: string }>(
      `select format('%I.%I', schemaname, tablename) as tables from pg_tables where schemaname = any($1)`, [others]);
    expect(rows.length).toBeGreaterThan(0);
    for (const { tables } of rows) {
      expect(await codeOf(`select * from ${tables}`)).toBe(REFUSED);
      expect(await codeOf(`delete from ${tables}`)).toBe(REFUSED);
    }
  });

  it('may use every table of its own, also those of later migrations', async () => {
    const owner = new pg.Client({ connectionString: database.ownerUrl });
    await owner.connect();
    await owner.query(`create table ${schema}.later (id bigserial primary key, note text)`);
    await owner.end();
    expect(await codeOf("insert into later (note) values ('kept')")).toBe('done');
    expect(await codeOf('select id from later')).toBe('done');
    expect(await codeOf('drop table later')).toBe(REFUSED);
    expect(await codeOf('truncate later')).toBe(REFUSED);
  });

  it('may use the connections that are kept from others', async () => {
    const { rows } = await runner.query<{ kept: string; may: boolean }>(
      "select current_setting('reserved_connections') as kept, pg_has_role(current_user, 'pg_use_reserved_connections', 'usage') as may");
    expect(rows[0]).toEqual({ kept: String(budget.ours), may: true });
  });

  it('gives up on long statements, locks and idle transactions (3.1 Idle in transaction / leak)', async () => {
    const { rows } = await runner.query<{ name: string; setting: string }>(
      "select name, setting from pg_settings where name in ('statement_timeout', 'lock_timeout', 'deadlock_timeout', 'idle_in_transaction_session_timeout')");
    expect(Object.fromEntries(rows.map(({ name, setting }) => [name, Number(setting)]))).toEqual({
      statement_timeout: 2000, lock_timeout: 1500, deadlock_timeout: 1000, idle_in_transaction_session_timeout: 2000,
    });
  });

  it('loses a transaction that is left open, and its pool lends another connection (3.1 Idle in transaction / leak)', async () => {
    const { log, lines } = recordLog();
    const pool = createPool({ url: database.url, name: 'left', max: 1, acquireTimeoutMs: PATIENCE_MS, log });
    const session = 'select pg_backend_pid() as pid';
    try {
      const handler = await pool.connect();
      let pid: number | undefined;
      try {
        await handler.query('begin');
        pid = (await handler.query<{ pid: number }>(session)).rows[0]?.pid;
        const left = performance.now();
        const isGone = async () => (await runner.query('select from pg_stat_activity where pid = $1', [pid])).rowCount === 0;
        await until(isGone, 20_000, () => 'the transaction is still open');
        expect(performance.now() - left).toBeGreaterThan(1500);
        expect(toProblem(await handler.query('commit').catch((error: unknown) => error))).toMatchObject({ status: 503 });
        expect(lines.join('')).toContain('terminating connection due to idle-in-transaction timeout');
      } finally {
        handler.release();
      }
      const [next] = (await pool.query<{ pid: number }>(session)).rows;
      expect(next).toEqual({ pid: expect.any(Number) });
      expect(next?.pid).not.toBe(pid);
    } finally {
      await pool.end();
    }
  });
});
