import pg from 'pg';
import { type Limits, rolesSql } from '../../../postgres/roles.ts';

/** One connection of the administrator for as long as `work` takes. */
export async function withAdmin<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000, application_name: 'emall/set-up' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Makes the database that a URL names, when it is not there. */
export async function ensureDatabase(url: string): Promise<void> {
  const database = databaseName(url);
  await withAdmin(withDatabase(url, 'postgres'), async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [database]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(database)}`);
  });
}

/** Roles, schemas, grants and limits of `infra/postgres`; repeating it changes nothing. */
export async function ensureRoles(url: string, passwords: Readonly<Record<string, string>>, limits?: Limits): Promise<void> {
  await withAdmin(url, async (client) => {
    await client.query('begin');
    for (const statement of rolesSql(databaseName(url), passwords, limits)) await client.query(statement);
    await client.query('commit');
  });
}

export function databaseName(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1)) || 'postgres';
}

export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${encodeURIComponent(database)}`;
  return changed.href;
}

export function withRole(url: string, role: string, password: string): string {
  const changed = new URL(url);
  changed.username = role;
  changed.password = password;
  return changed.href;
}
