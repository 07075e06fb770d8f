import { execFile } from 'node:child_process';
import { chownSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { budget } from '../../../postgres/budget.ts';
import { Fault } from '../fault.ts';
import type { PostgresPlace } from './place.ts';

export interface ClusterOptions {
  password: string;
  port: number;
  /** Only for data that may be lost: a test's database. */
  careless?: boolean;
  /** Nothing is kept for the roles of ours: the posture of 2023, for `emall incident`. */
  unreserved?: boolean;
}

/** What initdb found out about this machine (kinds of shared memory), and then what we want. */
export function configFile(place: PostgresPlace): string {
  return join(place.data, 'emall.conf');
}

const run = promisify(execFile);

/** How letters are told from other signs; the names of locales differ between systems. */
const CTYPE = process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8';

/** Makes the data directory once and writes the settings each time. */
export async function prepareCluster(place: PostgresPlace, options: ClusterOptions): Promise<void> {
  if (!existsSync(place.data)) await initialise(place, options);
  writeFileSync(configFile(place), settings(options));
}

async function initialise(place: PostgresPlace, { password, careless }: ClusterOptions): Promise<void> {
  const draft = `${place.data}.new`;
  const passwordFile = join(place.base, 'password');
  rmSync(draft, { recursive: true, force: true });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (place.user !== undefined) chownSync(passwordFile, place.user.uid, place.user.gid);
  try {
    await run(join(place.programs, 'initdb'), [
      '--pgdata', draft, '--username', 'postgres', '--pwfile', passwordFile, '--auth', 'scram-sha-256', '--encoding', 'UTF8',
      // Sorting must not depend on the C library of the machine: indexes would.
      '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8', '--locale', 'C', '--lc-ctype', CTYPE,
      ...(careless ? ['--no-sync'] : []),
    ], { cwd: '/', ...asUser(place), env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' } });
  } catch (error) {
    throw new Fault(`Postgres could not make its data directory ${place.data}:\n${(error as { stderr?: string }).stderr || String(error)}`);
  } finally {
    rmSync(passwordFile);
  }
  // What an interrupted initdb leaves is never taken for a database.
  renameSync(draft, place.data);
}

export function asUser({ user }: PostgresPlace): { uid?: number; gid?: number } {
  return user === undefined ? {} : { uid: user.uid, gid: user.gid };
}

function settings({ port, careless, unreserved }: ClusterOptions): string {
  const values: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: careless ? 3 * budget.connections : budget.connections,
    reserved_connections: unreserved ? 0 : budget.ours,
    shared_preload_libraries: 'pg_stat_statements',
    // Statements such as ALTER ROLE are kept as they are written.
    'pg_stat_statements.track_utility': 'off',
    shared_buffers: '128MB',
    effective_cache_size: '1GB',
    work_mem: '8MB',
    maintenance_work_mem: '64MB',
    // One query of a shop should not take several of a small machine's processors.
    max_parallel_workers_per_gather: 0,
    random_page_cost: 1.1,
    // No replica reads the log; its size is what the home may grow to.
    wal_level: 'minimal',
    max_wal_senders: 0,
    min_wal_size: '64MB',
    max_wal_size: '256MB',
    track_io_timing: 'on',
    log_line_prefix: '%m [%p] %q%u@%d/%a ',
    log_min_duration_statement: '500ms',
    // Parameters hold addresses of shoppers.
    log_parameter_max_length: 0,
    log_parameter_max_length_on_error: 0,
    log_lock_waits: 'on',
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
    ...(careless && { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', log_min_duration_statement: -1 }),
  };
  return `# Written at each start by infra/local.\ninclude 'postgresql.conf'\n${Object.entries(values).map(([name, value]) => `${name} = '${value}'`).join('\n')}\n`;
}
