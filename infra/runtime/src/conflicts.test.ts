import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Kysely, sql } from 'kysely';
import { inTransaction, retryConflicts } from './conflicts.ts';
import { requestContext } from './context.ts';
import { Deadline } from './deadline.ts';
import { toProblem } from './errors.ts';
import { silentLog } from './log.ts';
import { createDatabase } from './postgres.ts';
import { PATIENCE_MS, type TestDatabase, testDatabase } from './testing/index.ts';

let database: TestDatabase;
let db: Kysely<unknown>;
const [A, B] = ['conflict-a', 'conflict-b'] as const;

beforeAll(async () => {
  database = await testDatabase('cart');
  db = createDatabase({ url: database.url, name: 'test', max: 6, statementTimeoutMs: 10_000, acquireTimeoutMs: PATIENCE_MS, log: silentLog });
  await sql`insert into cart (shopper) values (${A}), (${B})`.execute(db);
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

const touch = (on: Kysely<unknown>, shopper: string) => sql`update cart set changes = changes + 1 where shopper = ${shopper}`.execute(on);
const changes = async () => (await sql<{ sum: number }>`select sum(changes)::int as sum from cart`.execute(db)).rows[0]?.sum ?? 0;

/** Fails as Postgres does, so many times, before it succeeds. */
function conflicting(times: number, code = '40001') {
  const work = { runs: 0 };
  const run = async () => {
    work.runs += 1;
    if (work.runs <= times) await sql`do ${sql.raw(`$$ begin raise exception 'lost' using errcode = '${code}'; end $$`)}`.execute(db);
    return 'done';
  };
  return { work, run };
}

describe('what lost a conflict', () => {
  it('of two transactions that wait for each other is done again, and both are done', async () => {
    const before = await changes();
    const { promise: bothHold, resolve } = Promise.withResolvers<void>();
    let runs = 0;
    const crosswise = (first: string, second: string) =>
      inTransaction(db, async (trx) => {
        runs += 1;
        await sql`set local lock_timeout = '5s'`.execute(trx);
        await touch(trx, first);
        if (runs === 2) resolve();
        await bothHold;
        await touch(trx, second);
      });
    await Promise.all([crosswise(A, B), crosswise(B, A)]);
    expect(runs).toBe(3);
    expect(await changes()).toBe(before + 4);
  });

  it('of two transactions that saw the same is done again on what the other left', async () => {
    const before = await changes();
    const { promise: bothSaw, resolve } = Promise.withResolvers<void>();
    let looks = 0;
    const serially = () =>
      inTransaction(db, async (trx) => {
        await sql`set transaction isolation level repeatable read`.execute(trx);
        await sql`select * from cart`.execute(trx);
        looks += 1;
        if (looks === 2) resolve();
        await bothSaw;
        await touch(trx, A);
      });
    await Promise.all([serially(), serially()]);
    expect(looks).toBe(3);
    expect(await changes()).toBe(before + 2);
  });

  it.each(['40001', '40P01'])('is done four times in all: what loses with %s again is 503', async (code) => {
    const lucky = conflicting(3, code);
    expect(await retryConflicts(lucky.run)).toBe('done');
    const unlucky = conflicting(4, code);
    const error = await retryConflicts(unlucky.run).catch((cause: unknown) => cause);
    expect(toProblem(error)).toMatchObject({ status: 503, code: 'unavailable', details: { headers: { 'retry-after': '1' } } });
    expect([lucky.work.runs, unlucky.work.runs]).toEqual([4, 4]);
  });

  it('is not done again when nobody waits any more', async () => {
    const { work, run } = conflicting(1);
    const context = { requestId: 'late', statements: 1, deadline: new Deadline(0) };
    await expect(requestContext.run(context, () => retryConflicts(run))).rejects.toMatchObject({ code: '40001' });
    expect(work.runs).toBe(1);
  });

  it('is counted as often as it was tried', async () => {
    const context = { requestId: 'counted', statements: 0, deadline: new Deadline(10_000) };
    await requestContext.run(context, () => retryConflicts(conflicting(2).run));
    expect(context.statements).toBe(2);
  });
});

describe('any other failure', () => {
  it.each(['23505', '55P03', '57014', '53300', 'P0001'])('is not repeated: %s', async (code) => {
    const { work, run } = conflicting(1, code);
    await expect(retryConflicts(run)).rejects.toMatchObject({ code });
    expect(work.runs).toBe(1);
  });
});
