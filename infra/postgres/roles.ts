import { budget, databaseServices, type DatabaseService } from './budget.ts';
import { scramVerifier } from './scram.ts';

interface Rooms {
  /** Where the service's own tables lie. */
  schema: string;
  /** Further schemas of the same owner. */
  others: readonly string[];
  searchPath: string;
}

/** Which service owns which schema. Extensions have a schema of their own that everybody may use. */
export const rooms: Record<DatabaseService, Rooms> = {
  catalog: { schema: 'catalog', others: [], searchPath: 'catalog, extensions' },
  cart: { schema: 'cart', others: [], searchPath: 'cart' },
  order: { schema: 'orders', others: ['order_jobs'], searchPath: 'orders' },
};

/** All schemas of a service. */
export function schemasOf(service: DatabaseService): string[] {
  return [rooms[service].schema, ...rooms[service].others];
}

const extensions = ['pg_trgm', 'unaccent', 'pg_stat_statements'] as const;

/**
 * Nothing a shopper waits for may run longer, wait longer for a lock, or hold a transaction open without working.
 * Locks are waited for longer than `deadlock_timeout` (1 s): who waits in a circle must be told that, and be tried again.
 */
const RUN_LIMITS = { statement_timeout: '2s', lock_timeout: '1500ms', idle_in_transaction_session_timeout: '2s' };
const NO_LIMITS = Object.fromEntries(Object.keys(RUN_LIMITS).map((name) => [name, '0']));
/** A migration may take its time, but must not queue up every reader behind it while it waits for a lock. */
const OWNER_LIMITS = { statement_timeout: '10min', lock_timeout: '2s', idle_in_transaction_session_timeout: '1min' };

export const ownerOf = (service: DatabaseService) => `${service}_owner`;
export const runnerOf = (service: DatabaseService) => `${service}_run`;

export const roleNames: readonly string[] = databaseServices.flatMap((service) => [ownerOf(service), runnerOf(service)]);

/** What can be left out, to show what it is for. */
export interface Limits {
  connections: boolean;
  time: boolean;
}

const ALL: Limits = { connections: true, time: true };

/** Two runs at once would trip over each other's rows in the system catalogues. */
const LOCK = "select pg_advisory_xact_lock(hashtext('emall.roles'))";

/**
 * The statements that bring roles, schemas and grants of one database to what they should be, from whatever they
 * are. To be run by an administrator in one transaction; repeating them changes nothing.
 * @param passwords by role name
 */
export function rolesSql(database: string, passwords: Readonly<Record<string, string>>, limits = ALL): string[] {
  const running = limits.time ? RUN_LIMITS : NO_LIMITS;
  return [
    LOCK,
    ...databaseServices.flatMap((service) => [
      ...role(ownerOf(service), budget.owner, OWNER_LIMITS, rooms[service], passwords),
      ...role(runnerOf(service), limits.connections ? connectionsOf(service) : -1, running, rooms[service], passwords),
    ]),
    `revoke all on database ${name(database)} from public`,
    `grant connect on database ${name(database)} to ${roleNames.join(', ')}`,
    'revoke create on schema public from public',
    'create schema if not exists extensions',
    `grant usage on schema extensions to ${roleNames.join(', ')}`,
    ...extensions.map((extension) => `create extension if not exists ${extension} schema extensions`),
    ...databaseServices.flatMap((service) => schemasOf(service).flatMap((schema) => schemaSql(service, schema))),
  ];
}

function connectionsOf(service: DatabaseService): number {
  const { replicas, jobs } = budget.services[service];
  return replicas + jobs;
}

function role(role: string, connections: number, limits: Record<string, string>, { searchPath }: Rooms, passwords: Readonly<Record<string, string>>): string[] {
  const password = passwords[role];
  if (password === undefined) throw new Error(`no password for role ${role}`);
  return [
    `do $$ begin create role ${role}; exception when duplicate_object then null; end $$`,
    `alter role ${role} with login nosuperuser nocreatedb nocreaterole noreplication nobypassrls
       connection limit ${connections} password '${scramVerifier(role, password)}'`,
    `alter role ${role} set search_path = ${searchPath}`,
    ...Object.entries(limits).map(([setting, value]) => `alter role ${role} set ${setting} = '${value}'`),
    useReserved(role),
  ];
}

/** Postgres knows such connections since version 16; on a server of somebody's own the right to give them may not be ours. */
function useReserved(role: string): string {
  return `do $$ begin grant pg_use_reserved_connections to ${role}; exception when undefined_object or insufficient_privilege then null; end $$`;
}

/** The owner has the schema; the running role has rows, and no way to change what a table is. */
function schemaSql(service: DatabaseService, schema: string): string[] {
  const [owner, run] = [ownerOf(service), runnerOf(service)];
  const later = `alter default privileges for role ${owner} in schema ${schema} grant`;
  return [
    `create schema if not exists ${schema} authorization ${owner}`,
    `alter schema ${schema} owner to ${owner}`,
    `grant usage on schema ${schema} to ${run}`,
    `${later} select, insert, update, delete on tables to ${run}`,
    `${later} usage, select on sequences to ${run}`,
    `grant select, insert, update, delete on all tables in schema ${schema} to ${run}`,
    `grant usage, select on all sequences in schema ${schema} to ${run}`,
  ];
}

const name = (identifier: string) => `"${identifier.replaceAll('"', '""')}"`;
