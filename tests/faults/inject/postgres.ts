import pg from 'pg';
import { withDatabase } from '../../../infra/local/src/postgres/admin.ts';
import { isAlive, type ProcessId, signal } from '../../../infra/local/src/system/processes.ts';
import { until } from '../../local/shop.ts';
import type { Target } from '../target.ts';
import { type Fault, type Heal, nothingToHeal } from './fault.ts';
import { NotOurs, provenPostmaster, provenSession, strike } from './identity.ts';
import { childrenOf } from './processes.ts';

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

async function connect(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5000, application_name: 'faults' });
  client.on('error', () => {});
  await client.connect();
  return client;
}

async function untilServed(target: Target): Promise<void> {
  const serves = () => asAdministrator(target, (client) => client.query('select')).then(() => true, () => false);
  await until(serves, BACK_MS, () => 'Postgres does not serve again');
}

/** As `pg_ctl -m immediate restart`: nothing is written out, and what was committed comes from the log. */
async function crash(target: Target): Promise<Heal> {
  strike(provenPostmaster(target.postgres()), 'SIGQUIT');
  return async () => {
    await target.network?.revive();
    await untilServed(target);
  };
}

async function busiestSession(target: Target): Promise<number | undefined> {
  return asAdministrator(target, async (client) => {
    const { rows } = await client.query<{ pid: number }>("select pid from pg_stat_activity where usename = 'order_run' order by state = 'active' desc, pid limit 1");
    return rows[0]?.pid;
  });
}

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
  strike(backend, 'SIGKILL');
  return () => untilServed(target);
}

async function freezePostmaster(target: Target): Promise<Heal> {
  const postmaster = provenPostmaster(target.postgres());
  const frozen = [postmaster, ...childrenOf(postmaster)];
  for (const id of frozen) if (isAlive(id)) strike(id, 'SIGSTOP');
  return async () => {
    for (const id of frozen) signal(id, 'SIGCONT');
    await untilServed(target);
  };
}

async function endSessions(target: Target, role: string): Promise<Heal> {
  await asAdministrator(target, (client) => client.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [role]));
  return nothingToHeal;
}

/** Takes every connection that is left, as a role that no limit of the shop holds. */
export async function exhaust(target: Target): Promise<Heal> {
  const { url } = target.postgres();
  const password = 'outsider';
  await asAdministrator(target, (client) => client.query(`drop role if exists outsider; create role outsider login password '${password}'`));
  const outsider = Object.assign(new URL(withDatabase(url, 'postgres')), { username: 'outsider', password }).href;
  const held: pg.Client[] = [];
  for (;;) {
    const client = await connect(outsider).catch((error: { code?: string }) => {
      if (error.code === '53300') return undefined;
      throw error;
    });
    if (client === undefined) break;
    held.push(client);
  }
  return async () => {
    await Promise.all(held.map((client) => client.end().catch(() => {})));
    await asAdministrator(target, (client) => client.query('drop role if exists outsider'));
  };
}

export const postgresFaults: Fault[] = [
  { name: 'crash postgres', row: '3.1 Restart (crash)', on: 'postgres', inject: crash },
  { name: 'kill a backend of postgres', row: '3.1 One backend killed', on: 'postgres', inject: killBackend },
  { name: 'freeze postgres', row: '3.1 Frozen / blackholed', on: 'postgres', inject: freezePostmaster },
  { name: 'end all sessions of order', row: '3.1 One backend killed', on: 'postgres', inject: (target) => endSessions(target, 'order_run') },
  { name: 'end all sessions of catalog', row: '3.1 One backend killed', on: 'postgres', inject: (target) => endSessions(target, 'catalog_run') },
  { name: 'use up the connections of postgres', row: '3.1 Connections exhausted', on: 'postgres', inject: exhaust },
];
