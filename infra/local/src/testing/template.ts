import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { roleNames } from '../../../postgres/roles.ts';
import { sha256 } from '../files.ts';
import { ROOT } from '../home.ts';
import { migrateAll, migrationsOf } from '../migrations.ts';
import { ensureRoles, withAdmin, withDatabase } from '../postgres/admin.ts';
import { databaseServices } from '../../../postgres/budget.ts';

/**
 * The database that tests clone: roles and schemas as in a shop, every service migrated. Named after the content of
 * all that makes it, so that a changed migration makes a new one and parallel runs of two versions do not meet.
 */
export async function ensureTemplate(adminUrl: string, passwords: Record<string, string>): Promise<string> {
  const name = `template_${fingerprint()}`;
  const draft = `${name}_draft`;
  await withAdmin(adminUrl, async (client) => {
    const { rows } = await client.query<{ datname: string }>("select datname from pg_database where datname like 'template\\_%' order by oid");
    if (rows.some(({ datname }) => datname === name)) return;
    await client.query(`drop database if exists ${draft} with (force)`);
    await client.query(`create database ${draft}`);
    await ensureRoles(withDatabase(adminUrl, draft), passwords);
    // Several runs with several workers share these roles; the limits are tested on a shop of its own.
    for (const role of roleNames) await client.query(`alter role ${role} connection limit -1`);
    await migrateAll(withDatabase(adminUrl, draft), passwords);
    await client.query(`alter database ${draft} rename to ${name}`);
    await dropOldTemplates(client, rows.map(({ datname }) => datname));
  });
  return name;
}

const KEEP = 3;

/** The oldest first. Another run may still clone the previous one; those in use refuse to be dropped, and the next run tries again. */
async function dropOldTemplates(client: { query(sql: string): Promise<unknown> }, names: string[]): Promise<void> {
  for (const name of names.slice(0, Math.max(0, names.length - KEEP))) {
    await client.query(`drop database if exists ${name}`).catch(() => {});
  }
}

function fingerprint(): string {
  const made = ['infra/postgres/roles.ts', 'infra/postgres/budget.ts', 'infra/runtime/src/migrate.ts', 'services/order/src/migrate.ts'].map((file) => join(ROOT, file));
  const files = [...made, ...databaseServices.flatMap((service) => filesIn(migrationsOf(service)))];
  return sha256(...files.flatMap((file) => [file.slice(ROOT.length), readFileSync(file)])).slice(0, 12);
}

function filesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).sort().map((name) => join(folder, name)) : [];
}
