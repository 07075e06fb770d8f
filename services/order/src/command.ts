import { ConfigError, createDatabase, databaseEnv, loadConfig, silentLog } from '@emall/runtime';
import { Type } from 'typebox';
import type { Database, Schema } from './database.ts';

const settings = Type.Object({ DATABASE_URL: databaseEnv.DATABASE_URL });

/** Called in a way that is not understood. */
export class UsageError extends Error {}

/** Something that a person does on the shop's orders: one connection, an exit code. */
export async function runCommand(env: NodeJS.ProcessEnv, work: (db: Database) => Promise<number>): Promise<number> {
  let db: Database | undefined;
  try {
    const { DATABASE_URL: url } = loadConfig(settings, env);
    db = createDatabase<Schema>({ url, name: 'command', max: 1, acquireTimeoutMs: 10_000, log: silentLog });
    return await work(db);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof ConfigError || error instanceof UsageError ? 2 : 1;
  } finally {
    await db?.destroy();
  }
}
