import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { openShop, type Shop } from '../../testing/shop.ts';
import { addJobs, job } from '../add-jobs.ts';
import { readOptions } from './options.ts';
import type { JobList } from './queries.ts';
import { runJobs } from './run.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop({ jobs: false });
});
afterAll(() => shop.close());
afterEach(() => sql`delete from order_jobs._private_jobs`.execute(shop.db));

async function emall(...args: string[]) {
  const said: string[] = [];
  const status = await runJobs(shop.db, readOptions(args), (text) => said.push(text));
  return { status, output: said.join('\n') };
}

/** A job as it would be after a while. @returns its id */
async function leave(as: string): Promise<string> {
  const orderId = crypto.randomUUID();
  await shop.db.transaction().execute((trx) => addJobs(trx, [job('finish-sale', { orderId })]));
  const { rows } = await sql<{ id: string }>`update order_jobs._private_jobs set ${sql.raw(as)} where key = ${`finish-sale:${orderId}`} returning id::text`.execute(shop.db);
  return rows[0]?.id ?? '';
}
const deadLetter = () => leave(`attempts = max_attempts, last_error = E'catalog answered 500\\n  twice'`);
const attemptsOf = async (id: string) => (await sql<{ attempts: number; due: boolean }>`select attempts, run_at <= now() as due from order_jobs.jobs where id = ${id}::bigint`.execute(shop.db)).rows[0];

describe('emall jobs', () => {
  it('says so when nothing is left to do', async () => {
    expect(await emall()).toEqual({ status: 0, output: 'Nothing is left to do.' });
  });

  it('lists what waits, what fails and what nobody tries again', async () => {
    const dead = await deadLetter();
    const failing = await leave(`attempts = 7, last_error = 'catalog did not answer', run_at = now() + interval '8 seconds'`);
    await leave(`run_at = now() + interval '10 minutes'`);
    await leave(`locked_by = 'somebody', locked_at = now()`);
    const { status, output } = await emall();
    expect(status).toBe(0);
    expect(output).toMatch(new RegExp(`Dead letters.*\\n.*\\n +${dead} +finish-sale +[0-9a-f-]{36} +8640 +\\d+ s +catalog answered 500 twice\\n`));
    expect(output).toMatch(new RegExp(`Failing.*\\n.*\\n +${failing} +finish-sale +[0-9a-f-]{36} +7 +in \\d s +catalog did not answer\\n`));
    expect(output).toMatch(/Waiting.*\n.*\n +finish-sale +2 +1 +now\n/);
    expect(output).toContain('jobs retry <id>');
  });

  it('lists a job that was added again while it was being done, and then failed without a word', async () => {
    const replaced = await leave(`locked_by = 'somebody', locked_at = now()`);
    const { rows: [its] } = await sql<{ orderId: string }>`select payload ->> 'orderId' as "orderId" from order_jobs._private_jobs where id = ${replaced}::bigint`.execute(shop.db);
    await shop.db.transaction().execute((trx) => addJobs(trx, [job('finish-sale', { orderId: its?.orderId ?? '' })]));
    await sql`update order_jobs._private_jobs set locked_by = null, locked_at = null where id = ${replaced}::bigint`.execute(shop.db);
    const { status, output } = await emall();
    expect([status, output]).toEqual([0, expect.stringMatching(new RegExp(`Dead letters.*\\n.*\\n +${replaced} +finish-sale +${its?.orderId} +8640 `))]);
    await sql`update order_jobs._private_jobs set locked_by = 'somebody', locked_at = now(), last_error = 'it failed before' where id = ${replaced}::bigint`.execute(shop.db);
    expect((await emall()).output).toContain(its?.orderId);
  });

  it('gives programs the same as JSON', async () => {
    const dead = await deadLetter();
    const list = JSON.parse((await emall('--json')).output) as JobList;
    expect(list).toMatchObject({ deadLetters: [{ id: dead, task: 'finish-sale', attempts: 8640, lastError: expect.stringContaining('500') }], failing: [], waiting: [] });
  });
});

describe('emall jobs retry', () => {
  it('begins the given dead letter anew, and no other', async () => {
    const [one, other] = [await deadLetter(), await deadLetter()];
    expect(await emall('retry', one)).toMatchObject({ status: 0, output: expect.stringContaining(`Tried again now: ${one}.`) });
    expect(await attemptsOf(one)).toEqual({ attempts: 0, due: true });
    expect(await attemptsOf(other)).toEqual({ attempts: 8640, due: true });
  });

  it('begins all of them anew, and leaves what is tried anyway', async () => {
    const dead = [await deadLetter(), await deadLetter()];
    const failing = await leave(`attempts = 7, last_error = 'x'`);
    expect((await emall('retry', '--all')).status).toBe(0);
    for (const id of dead) expect(await attemptsOf(id)).toEqual({ attempts: 0, due: true });
    expect(await attemptsOf(failing)).toMatchObject({ attempts: 7 });
    expect((await emall('retry', '--all')).output).toBe('There are no dead letters.');
  });

  it('names ids that are no dead letters, and does nothing', async () => {
    const [dead, failing] = [await deadLetter(), await leave(`attempts = 7, last_error = 'x'`)];
    const { status, output } = await emall('retry', dead, failing, '999999');
    expect([status, output]).toEqual([1, expect.stringContaining(`No dead letter has the id ${failing}, 999999.`)]);
    expect(await attemptsOf(dead)).toMatchObject({ attempts: 8640 });
  });

  it.each([[['retry']], [['retry', '--all', '7']], [['retry', 'seven']], [['retry', '-1']], [['again']], [['--all']], [['retry', '7', '--json']], [['--verbose']]])('is explained when it is called as %j', (args) => {
    expect(() => readOptions(args)).toThrow(/Usage|Give the ids|not the id|Unknown option/);
  });
});
