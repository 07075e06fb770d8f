import { setTimeout } from 'node:timers/promises';
import { ConfigError, createDatabase, loadConfig, silentLog } from '@emall/runtime';
import { sql } from 'kysely';
import { Type } from 'typebox';
import type { Browse, BrowseTables } from './database.ts';
import { isCurrency } from './money.ts';

const settings = Type.Object({
  DATABASE_URL: Type.String({ pattern: '^postgres(ql)?://' }),
  SHOP_CURRENCY: Type.String({ pattern: '^[A-Z]{3}$', default: 'GBP' }),
});

/** A job beside the service: one connection, statements that may take their time, an exit code. */
export async function runJob(env: NodeJS.ProcessEnv, work: (job: { db: Browse; currency: string }) => Promise<number>): Promise<number> {
  let db: Browse | undefined;
  try {
    const { DATABASE_URL: url, SHOP_CURRENCY: currency } = loadConfig(settings, env);
    if (!isCurrency(currency)) throw new ConfigError([`SHOP_CURRENCY is "${currency}": not a currency`]);
    db = createDatabase<BrowseTables>({ url, name: 'job', max: 1, statementTimeoutMs: 120_000, log: silentLog });
    await reach(db);
    return await work({ db, currency });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof ConfigError ? 2 : 1;
  } finally {
    await db?.destroy();
  }
}

/** Waits up to ten seconds for a database that is busy or only just starting: a job, unlike a shopper, has the time. */
export async function reach(db: Browse, attempts = 20): Promise<void> {
  try {
    await sql`select 1`.execute(db);
  } catch (error) {
    if (attempts === 0) throw error;
    await setTimeout(500);
    await reach(db, attempts - 1);
  }
}
