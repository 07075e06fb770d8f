import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { withDatabase } from '../../../infra/local/src/postgres/admin.ts';
import { childrenOf, isAlive, type ProcessId, signal } from '../../../infra/local/src/system/processes.ts';
import { until } from '../../local/shop.ts';
import type { Target } from '../target.ts';
import { evidenceIf, type Fault, type Heal, healed } from './fault.ts';
import { NotOurs, provenPostmaster, provenSession, strike } from './identity.ts';
import { isStopped } from './processes.ts';

const BACK_MS = 60_000;

/** An administrator's session, past every proxy, of a server that is known to be ours. */
export async function asAdministrator<T>(target: Target, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const { data, url } = target.postgres();
  const client = await connect(url);
  try {
    await provenSession(client, data);
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

async function connect(connectionString: string, options = '-c default_transaction_read_only=off'): Promise<pg.Client> {
  // Also while others may only read.
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5000, application_name: 'faults', options });
  client.on('error', () => {});
  await client.connect();
  return client;
}

async function untilServed(target: Target): Promise<void> {
  const serves = () => asAdministrator(target, (client) => client.query('select')).then(() => true, () => false);
  await until(serves, BACK_MS, () => 'Postgres does not serve again');
}

/** What one row of one statement says. */
async function ask<T>(target: Target, statement: string, values: unknown[] = []): Promise<T | undefined> {
  return asAdministrator(target, async (client) => (await client.query<{ answer: T }>(statement, values)).rows[0]?.answer);
}

const startOf = (target: Target) => ask<string>(target, 'select pg_postmaster_start_time()::text as answer');

/** As `pg_ctl -m immediate restart`, or as if the kernel had ended its first process: nothing is written out, and what was committed comes from the log. */
async function crash(target: Target, how: NodeJS.Signals = 'SIGQUIT'): Promise<Heal> {
  const before = await startOf(target);
  strike(provenPostmaster(target.postgres()), how);
  return async () => {
    await target.network?.revive();
    await untilServed(target);
    const after = await startOf(target);
    return evidenceIf(before !== after, `Postgres began at ${before}, and again at ${after}`);
  };
}

const busiestSession = (target: Target) =>
  ask<number>(target, "select pid as answer from pg_stat_activity where usename = 'order_run' order by state = 'active' desc, pid limit 1");

/** The server takes shared memory for damaged then, and ends all sessions. */
async function killBackend(target: Target): Promise<Heal> {
  const postmaster = provenPostmaster(target.postgres());
  let backend: ProcessId | undefined;
  // Right after another fault the shop may have no session at all.
  const found = async () => {
    const pid = await busiestSession(target);
    return (backend = childrenOf(postmaster).find((child) => child.pid === pid)) !== undefined;
  };
  await until(found, BACK_MS, () => 'order has no session of our server');
  if (backend === undefined) throw new NotOurs('there is no backend of our server');
  const victim: ProcessId = backend;
  const bystander = await connect(target.postgres().url);
  const { promise: ended, resolve: end } = Promise.withResolvers<true>();
  bystander.once('end', () => end(true));
  strike(victim, 'SIGKILL');
  return async () => {
    const others = await Promise.race([ended, sleep(5000)]);
    await bystander.end().catch(() => {});
    await untilServed(target);
    return evidenceIf(others === true && !isAlive(victim), `backend ${victim.pid} was killed, and another session was ended with it`);
  };
}

async function freezePostmaster(target: Target): Promise<Heal> {
  const postmaster = provenPostmaster(target.postgres());
  const frozen = [postmaster, ...childrenOf(postmaster)];
  for (const id of frozen) if (isAlive(id)) strike(id, 'SIGSTOP');
  return async () => {
    const stopped = frozen.filter(({ pid }) => isStopped(pid)).length;
    for (const id of frozen) signal(id, 'SIGCONT');
    await untilServed(target);
    return evidenceIf(stopped > 0, `${stopped} processes of Postgres stood still`);
  };
}

async function endSessions(target: Target, role: string): Promise<Heal> {
  const ended = await ask<number>(target, 'select count(pg_terminate_backend(pid))::int as answer from pg_stat_activity where usename = $1', [role]);
  return healed(evidenceIf((ended ?? 0) > 0, `${ended} sessions were ended`));
}

/** Takes every connection that is left, as a role that no limit of the shop holds. */
export async function exhaust(target: Target): Promise<Heal> {
  const { url } = target.postgres();
  const password = 'outsider';
  await asAdministrator(target, (client) => client.query(`drop role if exists outsider; create role outsider login password '${password}'`));
  const outsider = Object.assign(new URL(withDatabase(url, 'postgres')), { username: 'outsider', password }).href;
  const held: pg.Client[] = [];
  const heal: Heal = async () => {
    await Promise.all(held.map((client) => client.end().catch(() => {})));
    await asAdministrator(target, (client) => client.query('drop role if exists outsider'));
    return evidenceIf(held.length > 0, `an outsider had ${held.length} connections and was refused the next`);
  };
  try {
    for (;;) held.push(await connect(outsider));
  } catch (error) {
    if ((error as { code?: string }).code === '53300') return heal;
    await heal();
    throw error;
  }
}

/** As a server that another one has taken over from. */
export async function readOnly(target: Target): Promise<Heal> {
  const tell = (statement: string) => asAdministrator(target, async (client) => {
    await client.query(statement);
    await client.query('select pg_reload_conf()');
  });
  const heal: Heal = async () => {
    const felt = await isRefusedAsReadOnly(target);
    await tell('alter system reset default_transaction_read_only');
    await until(async () => !(await isRefusedAsReadOnly(target)), BACK_MS, () => 'Postgres takes no writes again');
    return evidenceIf(felt, 'a write was refused with 25006');
  };
  await tell('alter system set default_transaction_read_only = on');
  await until(() => isRefusedAsReadOnly(target), BACK_MS, () => 'Postgres goes on taking writes');
  return heal;
}

/** A session as anybody's. */
async function isRefusedAsReadOnly(target: Target): Promise<boolean> {
  const client = await connect(target.postgres().url, '');
  try {
    return await client.query('create temporary sequence a_write').then(() => false, ({ code }: { code?: string }) => code === '25006');
  } finally {
    await client.end().catch(() => {});
  }
}

/** What every listing reads, and no checkout: a migration that holds its lock for too long. */
async function lockListings(target: Target): Promise<Heal> {
  const { data, url } = target.postgres();
  const client = await connect(url);
  try {
    await provenSession(client, data);
    await client.query('begin; lock table catalog.product in access exclusive mode');
  } catch (error) {
    await client.end();
    throw error;
  }
  return async () => {
    const waiting = await ask<number>(target, "select count(*)::int as answer from pg_locks where relation = 'catalog.product'::regclass and mode = 'AccessExclusiveLock' and granted");
    await client.end().catch(() => {});
    return evidenceIf((waiting ?? 0) > 0, 'the lock was held to the end');
  };
}

export const postgresFaults: Fault[] = [
  { name: 'crash postgres', row: '3.1 Restart (crash)', on: 'postgres', inject: (target) => crash(target) },
  { name: 'kill postgres', row: '3.1 Restart (crash)', on: 'postgres', inject: (target) => crash(target, 'SIGKILL') },
  // Only those of the harness stay away until they are started again.
  { name: 'postgres is away for a minute', row: '3.1 Down 60 s', on: 'postgres', needs: 'proxies', ms: 60_000, inject: (target) => crash(target) },
  { name: 'kill a backend of postgres', row: '3.1 One backend killed', on: 'postgres', inject: killBackend },
  { name: 'freeze postgres', row: '3.1 Frozen / blackholed', on: 'postgres', inject: freezePostmaster },
  { name: 'end all sessions of order', row: '3.1 One backend killed', on: 'postgres', inject: (target) => endSessions(target, 'order_run') },
  { name: 'end all sessions of catalog', row: '3.1 One backend killed', on: 'postgres', inject: (target) => endSessions(target, 'catalog_run') },
  { name: 'postgres takes no writes', row: '3.1 Read-only / failover', on: 'postgres', inject: readOnly },
  { name: 'lock what listings read', row: '3.1 Slow (the incident)', on: 'postgres', inject: lockListings },
  { name: 'use up the connections of postgres', row: '3.1 Connections exhausted', on: 'postgres', inject: exhaust },
];
