import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import pg from 'pg';

const FILE = /^\d{4}-[a-z0-9-]+\.sql$/;
const OUTSIDE = /^-- emall: no transaction\b/;

export interface MigrateOptions {
  /** The owner's address: the running role has no right to change the schema. */
  url: string;
  /** Holds `0001-name.sql`, `0002-name.sql`, …: forward only. */
  directory: string;
  /** Where the record of what has run is kept. */
  schema: string;
}

/**
 * Brings a schema up to date and returns the names of what ran. Each file runs in a transaction together with its record;
 * a file whose first line is `-- emall: no transaction` (a concurrent index) runs outside one, each statement by itself, which
 * ends with a semicolon at the end of a line, and must bear being run again.
 * Jobs that start at once wait for each other.
 * @throws Error naming the file that failed; the files before it stay
 */
export async function migrate({ url, directory, schema }: MigrateOptions): Promise<string[]> {
  const files = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort();
  const stray = files.find((name) => !FILE.test(name));
  if (stray) throw new Error(`${join(directory, stray)} is not named like 0001-what-it-does.sql`);
  const scripts = new Map(await Promise.all(files.map(async (name) => [name.slice(0, -4), await readFile(join(directory, name), 'utf8')] as const)));

  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url, max: 2 }) }) });
  try {
    return await db.connection().execute(async (one) => {
      await waitForTurn(one);
      return run(db, schema, scripts);
    });
  } finally {
    await db.destroy();
  }
}

/**
 * Takes a lock that is held for as long as the connection lives: one for all schemas of the database, as Kysely's own is.
 * That one is waited for in a statement, which keeps a snapshot; a concurrent index waits for all older snapshots, and the
 * two jobs would wait for each other. So this one is asked for again and again.
 */
async function waitForTurn(one: Kysely<unknown>): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ mine: boolean }>`select pg_try_advisory_lock(hashtext('emall migrations')) as mine`.execute(one);
    if (rows[0]?.mine) return;
    await setTimeout(100);
  }
}

async function run(db: Kysely<unknown>, schema: string, scripts: Map<string, string>): Promise<string[]> {
  const migrator = new Migrator({ db, migrationTableSchema: schema, provider: { getMigrations: async () => toMigrations(scripts) } });
  const done: string[] = [];
  const known = (await migrator.getMigrations()).filter(({ executedAt }) => executedAt === undefined);
  for (const { name } of known) {
    const outside = OUTSIDE.test(scripts.get(name) ?? '');
    const { error, results = [] } = await migrator.migrateTo(name, { disableTransactions: outside });
    if (error) throw new Error(`migration ${name} of ${schema} failed: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    done.push(...results.map(({ migrationName }) => migrationName));
  }
  return done;
}

function toMigrations(scripts: Map<string, string>): Record<string, Migration> {
  return Object.fromEntries(
    [...scripts].map(([name, script]) => {
      // Several in one message would be one transaction.
      const statements = OUTSIDE.test(script) ? script.split(/;[^\S\n]*\n/).filter((text) => text.trim() !== '') : [script];
      return [name, { up: async (db: Kysely<unknown>) => { for (const statement of statements) await sql.raw(statement).execute(db); } }];
    }),
  );
}
