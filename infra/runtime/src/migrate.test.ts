import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { silentLog } from './log.ts';
import { migrate } from './migrate.ts';
import { createDatabase } from './postgres.ts';
import { type TestDatabase, testDatabase } from './testing/index.ts';

let database: TestDatabase;
let directory: string;

const write = (name: string, text: string) => writeFile(join(directory, name), text);
const run = () => migrate({ url: database.ownerUrl, directory, schema: 'cart' });

async function tables(): Promise<string[]> {
  const db = createDatabase<object>({ url: database.ownerUrl, name: 'look', max: 1, log: silentLog });
  const { rows } = await sql<{ tablename: string }>`select tablename from pg_tables where tablename like 't\\_%' order by 1`.execute(db);
  await db.destroy();
  return rows.map(({ tablename }) => tablename);
}

beforeEach(async () => {
  database = await testDatabase('cart');
  const db = createDatabase<object>({ url: database.ownerUrl, name: 'reset', max: 1, log: silentLog });
  await sql`drop table if exists cart.kysely_migration, cart.kysely_migration_lock`.execute(db);
  await db.destroy();
  directory = await mkdtemp(join(tmpdir(), 'migrations-'));
});

const made: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const undo of made) await undo();
});

describe('migrate', () => {
  beforeEach(() => {
    const { drop } = database;
    const used = directory;
    made.push(drop, () => rm(used, { recursive: true }));
  });

  it('runs what has not run, in order, once', async () => {
    await write('0001-one.sql', 'create table t_one (n int); create table t_two (n int);');
    expect(await run()).toEqual(['0001-one']);
    await write('0002-three.sql', 'create table t_three (n int);');
    expect(await run()).toEqual(['0002-three']);
    expect(await run()).toEqual([]);
    expect(await tables()).toEqual(['t_one', 't_three', 't_two']);
  });

  it('leaves nothing of a file that fails, and keeps the files before it', async () => {
    await write('0001-good.sql', 'create table t_good (n int);');
    await write('0002-bad.sql', 'create table t_bad (n int); select nonsense;');
    await expect(run()).rejects.toThrow('migration 0002-bad of cart failed');
    expect(await tables()).toEqual(['t_good']);
    await write('0002-bad.sql', 'create table t_mended (n int);');
    expect(await run()).toEqual(['0002-bad']);
  });

  it('builds an index concurrently when the file says that it needs no transaction', async () => {
    await write('0001-table.sql', 'create table t_big (n int);');
    await write('0002-index.sql', '-- emall: no transaction\ncreate index concurrently if not exists t_big_n on t_big (n);');
    expect(await run()).toEqual(['0001-table', '0002-index']);
  });

  it('sends the statements of such a file one by one', async () => {
    await write('0001-table.sql', 'create table t_wide (n int);');
    await write('0002-indexes.sql', "-- emall: no transaction\nset lock_timeout = '1min';\n-- The first.\ncreate index concurrently t_wide_n on t_wide (n);\ndrop index concurrently t_wide_n;\n");
    expect(await run()).toEqual(['0001-table', '0002-indexes']);
  });

  it('lets two jobs that start at once do the work once', async () => {
    await write('0001-one.sql', 'create table t_one (n int); select pg_sleep(0.1);');
    const done = await Promise.all([run(), run()]);
    expect(done.flat()).toEqual(['0001-one']);
  });

  it('lets jobs that start at once wait for each other, with concurrent indexes between other files', async () => {
    await write('0001-one.sql', 'create table t_one (n int); select pg_sleep(0.1);');
    await write('0002-index.sql', '-- emall: no transaction\ncreate index concurrently if not exists t_one_n on t_one (n);');
    await write('0003-two.sql', 'create table t_two (n int); select pg_sleep(0.1);');
    const done = await Promise.all([run(), run(), run()]);
    expect(done.flat()).toEqual(['0001-one', '0002-index', '0003-two']);
  });

  it('refuses a file whose name has no number', async () => {
    await write('later.sql', 'select 1');
    await expect(run()).rejects.toThrow('is not named like 0001-');
  });
});
