import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Kysely, sql } from 'kysely';
import { forEverybody, type RequestContext, requestContext } from './context.ts';
import { Deadline } from './deadline.ts';
import { toProblem } from './errors.ts';
import { silentLog } from './log.ts';
import { isUniqueViolation } from './database-faults.ts';
import { createDatabase, createPool, poolSize } from './postgres.ts';
import { type TestDatabase, testDatabase } from './testing/index.ts';

let database: TestDatabase;
let db: Kysely<object>;

beforeAll(async () => {
  database = await testDatabase('cart');
  db = createDatabase({ url: database.url, name: 'test', max: 2, statementTimeoutMs: 1000, log: silentLog });
});

afterAll(async () => {
  await db.destroy();
  await database.drop();
});

describe('poolSize', () => {
  it.each([
    [21, 2, 1, 7],
    [21, 3, 1, 5],
    [21, 2, 0.3, 2],
  ])('of %i connections for %i replicas, part %f, is %i', (connections, replicas, part, size) => {
    expect(poolSize({ connections, replicas, part })).toBe(size);
  });

  it('refuses a scale that leaves none', () => {
    expect(poolSize({ connections: 30, replicas: 29 })).toBe(1);
    expect(() => poolSize({ connections: 30, replicas: 30 })).toThrow(RangeError);
  });
});

describe('a database', () => {
  it('prepares statements by name', async () => {
    await db.connection().execute(async (one) => {
      await sql`select ${1}::int + 1`.execute(one);
      await sql`select ${2}::int + 1`.execute(one);
      const { rows } = await sql<{ n: string }>`select count(*) as n from pg_prepared_statements where statement like ${'select $1::int%'}`.execute(one);
      expect(rows[0]?.n).toBe('1');
    });
  });

  it('has a hundred statements prepared on a connection at most, those it used last', async () => {
    const before = await db.connection().execute(async (one) => {
      const prepared = async () => (await sql<{ name: string; statement: string }>`select name, statement from pg_prepared_statements where ${true}`.execute(one)).rows;
      // In a transaction, which an error would end.
      await one.transaction().execute(async (trx) => {
        for (let i = 0; i < 300; i += 1) {
          await sql`select ${1}::int as often`.execute(trx);
          await sql.raw(`select 'text ${i}'`).execute(trx);
          await sql`select ${i}::int as ${sql.ref(`rarely_${i}`)}`.execute(trx);
        }
      });
      const { rows: [again] } = await sql<{ rarely_0: number }>`select ${7}::int as ${sql.ref('rarely_0')}`.execute(one);
      expect(again).toEqual({ rarely_0: 7 });
      return { all: await prepared(), again: await prepared() };
    });
    expect(before.all).toHaveLength(100);
    expect(before.again).toEqual(before.all);
    expect(before.all.filter(({ statement }) => statement.includes('as often'))).toHaveLength(1);
  });

  it('goes on after a statement that the server did not understand was forgotten', async () => {
    await db.connection().execute(async (one) => {
      for (let i = 0; i < 150; i += 1) await expect(sql`select ${i}::int from ${sql.table(`nowhere_${i}`)}`.execute(one)).rejects.toThrow('does not exist');
      await one.transaction().execute(async (trx) => {
        for (let i = 0; i < 150; i += 1) await sql`select ${i}::int as ${sql.ref(`later_${i}`)}`.execute(trx);
      });
    });
  });

  it('counts the statements of the request in hand, and of no other', async () => {
    const mine = { requestId: 'a', statements: 0 };
    const other = { requestId: 'b', statements: 0 };
    await Promise.all([
      requestContext.run(mine, async () => {
        await sql`select 1`.execute(db);
        await sql`select 2`.execute(db);
      }),
      requestContext.run(other, () => sql`select 3`.execute(db)),
    ]);
    expect([mine.statements, other.statements]).toEqual([2, 1]);
  });

  it('answers 503 after half a second when all connections are taken, and opens no more', async () => {
    let give!: () => void;
    const held = new Promise<void>((resolve) => (give = resolve));
    const holders = [1, 2].map(() => db.connection().execute(async () => held));
    const start = performance.now();
    const error = await sql`select 1`.execute(db).catch((error: unknown) => error);
    expect(toProblem(error)).toMatchObject({ status: 503, code: 'unavailable' });
    expect(performance.now() - start).toBeGreaterThan(400);
    give();
    await Promise.all(holders);
    await expect(sql`select 1`.execute(db)).resolves.toBeDefined();
  });

  it('refuses at once those behind whom too many wait already, and serves the others', async () => {
    // 8 ms each: 1,000 for a connection.
    const crowded = createDatabase<object>({ url: database.url, name: 'crowded', max: 2, acquireTimeoutMs: 8000, log: silentLog });
    const held = Promise.withResolvers<void>();
    const holders = [1, 2].map(() => crowded.connection().execute(async () => held.promise));
    const outcomes: string[] = [];
    const asked = Array.from({ length: 2100 }, () => sql`select 1`.execute(crowded).then(() => outcomes.push('ok'), (error: unknown) => outcomes.push(`${toProblem(error).status} ${(error as Error).message}`)));
    while (outcomes.length < 100) await new Promise((resolve) => setImmediate(resolve));
    expect(outcomes).toEqual(Array(100).fill('503 too many wait for a database connection'));
    held.resolve();
    await Promise.all([...holders, ...asked]);
    expect(outcomes.slice(100)).toEqual(Array(2000).fill('ok'));
    await crowded.destroy();
  });

  describe('of a request whose time has passed', () => {
    const passed = new Deadline(0);
    const select = (context: RequestContext) => requestContext.run(context, () => sql`select 1`.execute(db).then(() => 'ok', (error: unknown) => toProblem(error).status));

    it.each([
      ['a read', { reads: true, statements: 3, deadline: passed }],
      ['a read whose client has gone', { reads: true, gone: true, statements: 3 }],
      ['a write that has not begun', { reads: false, statements: 0, deadline: passed }],
    ])('is sent no statement of %s', async (_what, given) => {
      const context = { requestId: 'a', ...given };
      expect([await select(context), context.statements]).toEqual([503, given.statements]);
    });

    it.each([
      ['a write that has begun, so that it can be finished or taken back', { reads: false, statements: 1, deadline: passed }],
      ['a write whose client has gone', { reads: false, gone: true, statements: 0 }],
      ['work in nobody\'s name', { statements: 0 }],
    ])('is sent the statements of %s', async (_what, given) => {
      expect(await select({ requestId: 'a', ...given })).toBe('ok');
    });

    it('is sent what others wait for as well, counted as its own', async () => {
      const context: RequestContext = { requestId: 'a', reads: true, gone: true, statements: 0, deadline: passed };
      await requestContext.run(context, () => forEverybody(() => sql`select 1`.execute(db)));
      expect(context.statements).toBe(1);
    });

    it('does not wait for a connection', async () => {
      const held = Promise.withResolvers<void>();
      const holders = [1, 2].map(() => db.connection().execute(async () => held.promise));
      const order: string[] = [];
      const all = [
        sql`select 1`.execute(db).catch(() => undefined).then(() => order.push('whoever came first')),
        select({ requestId: 'a', reads: true, statements: 0, deadline: passed }).then((status) => order.push(`refused with ${status}`)),
      ];
      await all[1];
      held.resolve();
      await Promise.all([...holders, ...all]);
      expect(order).toEqual(['refused with 503', 'whoever came first']);
    });

    it('is sent nothing when that happened while it waited for a connection, which others get', async () => {
      const held = Promise.withResolvers<void>();
      const holders = [1, 2].map(() => db.connection().execute(async () => held.promise));
      const context: RequestContext = { requestId: 'a', reads: true, statements: 0 };
      const waiting = select(context);
      context.gone = true;
      held.resolve();
      expect([await waiting, context.statements]).toEqual([503, 0]);
      await Promise.all(holders);
      await Promise.all([1, 2, 3].map(() => sql`select 1`.execute(db)));
    });
  });

  it('answers 503 when a statement runs into its limit', async () => {
    const error = await sql`select pg_sleep(5)`.execute(db).catch((error: unknown) => error);
    expect(toProblem(error)).toMatchObject({ status: 503 });
  });

  it('goes on after its connections were cut', async () => {
    const look = createDatabase<object>({ url: database.url, name: 'other', max: 1, statementTimeoutMs: 20_000, log: silentLog });
    // Waits for their end: one that has yet to hear of it would still answer the first attempt and fail the last.
    await sql`select pg_terminate_backend(pid, 15000) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`.execute(look);
    await look.destroy();
    const attempt = () => sql`select 1`.execute(db).then(() => 'ok', (error: unknown) => toProblem(error).status);
    const outcomes = [await attempt(), await attempt(), await attempt()];
    expect(outcomes.every((outcome) => outcome === 'ok' || outcome === 503)).toBe(true);
    expect(outcomes.at(-1)).toBe('ok');
  });

  it('fails only the query in hand when its connection is cut in use', async () => {
    const patient = createDatabase<object>({ url: database.url, name: 'patient', max: 1, statementTimeoutMs: 20_000, log: silentLog });
    const query = sql`select pg_sleep(15)`.execute(patient).catch((error: unknown) => toProblem(error).status);
    const cut = sql<{ n: string }>`select count(pg_terminate_backend(pid)) as n from pg_stat_activity where datname = current_database() and state = 'active' and query like 'select pg_sleep%'`;
    let killed = 0;
    while (killed === 0) killed = Number((await cut.execute(db)).rows[0]?.n);
    expect(await query).toBe(503);
    await patient.destroy();
  });

  it('refuses at once what a silent server would keep waiting, and serves again, on other connections, when it answers', async () => {
    const server = new URL(database.url);
    const sockets = new Set<Socket>();
    let frozen = false;
    const relay = createServer((client) => {
      const upstream = connect(Number(server.port), server.hostname);
      for (const socket of [client, upstream]) sockets.add(socket.on('error', () => undefined));
      client.on('data', (bytes) => void (frozen || upstream.write(bytes)));
      upstream.on('data', (bytes) => client.write(bytes));
    });
    await once(relay.listen(0, '127.0.0.1'), 'listening');
    const url = Object.assign(new URL(server), { port: String((relay.address() as AddressInfo).port) }).href;
    const far = createDatabase<object>({ url, name: 'far', max: 1, statementTimeoutMs: 1000, log: silentLog });
    const attempt = () => sql`select 1`.execute(far).then(() => 'ok', (error: unknown) => error);
    expect(await attempt()).toBe('ok');
    frozen = true;
    expect(toProblem(await attempt())).toMatchObject({ status: 503 });
    // It has had its second: nobody else waits for one.
    const refused = await Promise.all(Array.from({ length: 50 }, attempt));
    expect(refused.map((error) => (error as Error).message)).toEqual(Array(50).fill('the database is silent'));
    expect(toProblem(refused[0])).toMatchObject({ status: 503 });
    frozen = false;
    while ((await attempt()) !== 'ok') await new Promise((resolve) => setTimeout(resolve, 20));
    await far.destroy();
    for (const socket of sockets) socket.destroy();
    relay.close();
  });

  it('leaves a server that has become read-only for whichever takes its place', async () => {
    const moved = createDatabase<object>({ url: database.url, name: 'moved', max: 1, log: silentLog });
    const write = () => sql`insert into cart.cart (shopper) values (${crypto.randomUUID()})`.execute(moved).then(() => 'ok', (error: unknown) => toProblem(error).status);
    // Of the session alone: a new one is that of the server that took over.
    await sql`set default_transaction_read_only = on`.execute(moved);
    expect(await write()).toBe(503);
    expect(await write()).toBe('ok');
    await moved.destroy();
  });

  it('says that it is a fault of the database when nobody listens', async () => {
    const gone = createDatabase<object>({ url: 'postgres://u:p@127.0.0.1:9/x', name: 'gone', max: 1, log: silentLog });
    const error = await sql`select 1`.execute(gone).catch((error: unknown) => error);
    expect(toProblem(error)).toMatchObject({ status: 503 });
    await gone.destroy();
  });

  it('is refused any change of the schema with the running role', async () => {
    for (const statement of ['create table cart.t (n int)', 'create schema s', 'create temporary table t (n int)', 'select pg_read_file(\'/etc/passwd\')', 'create role r']) {
      await expect(sql.raw(statement).execute(db)).rejects.toMatchObject({ code: '42501' });
    }
  });
});

describe('a pool', () => {
  it('serves those who pass a callback, and by itself, under its limits', async () => {
    const pool = createPool({ url: database.url, name: 'bare', max: 1, statementTimeoutMs: 500, log: silentLog });
    expect((await pool.query('select 1 as n')).rows).toEqual([{ n: 1 }]);
    const lent = await new Promise<{ client: unknown; done: () => void }>((resolve, reject) =>
      pool.connect((error, client, done) => (error ? reject(error) : resolve({ client, done }))));
    lent.done();
    await expect(pool.query('select pg_sleep(20)')).rejects.toMatchObject({ code: '57014' });
    expect((await pool.query('select 2 as n')).rows).toEqual([{ n: 2 }]);
    await pool.end();
  });
});

describe('isUniqueViolation', () => {
  it('knows one from other faults', async () => {
    const error = await sql`select * from nowhere`.execute(db).catch((error: unknown) => error);
    expect(isUniqueViolation(error)).toBe(false);
  });
});
