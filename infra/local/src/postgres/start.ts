import { join } from 'node:path';
import type { Home } from '../home.ts';
import { freePort, retry } from '../system/ports.ts';
import { type ProcessId, stopProcess } from '../system/processes.ts';
import { spawnDetached } from '../system/spawn.ts';
import { prepareCluster } from './cluster.ts';
import { findPlace, type PostgresPlace } from './place.ts';
import { clearStaleLock, postgresCommand, runningServer, STOP_POSTGRES, waitForPostgres } from './server.ts';

export interface StartedPostgres {
  id: ProcessId;
  port: number;
  place: PostgresPlace;
  /** An administrator's address, password included. */
  url: string;
  stop(): Promise<void>;
}

/**
 * Postgres 18 on the home's data directory, made on the first call. A server that already runs on that directory is
 * ours by that fact and is used as it is.
 */
export async function startPostgres({ home, password, careless = false }: { home: Home; password: string; careless?: boolean }): Promise<StartedPostgres> {
  const place = findPlace(home);
  const running = runningServer(place);
  const { id, port } = running === undefined ? await retry(() => startOnce(home, place, { password, careless })) : { id: running, port: running.port };
  await waitForPostgres(place, id, port);
  return { id, port, place, url: adminUrl(port, password), stop: () => stopProcess(id, STOP_POSTGRES, 20_000) };
}

async function startOnce(home: Home, place: PostgresPlace, options: { password: string; careless: boolean }): Promise<{ id: ProcessId; port: number }> {
  const port = await freePort(`${home.path}/postgres`);
  clearStaleLock(place);
  await prepareCluster(place, { ...options, port });
  const child = spawnDetached(postgresCommand(place), join(home.logs, 'postgres.log'));
  child.unref();
  await waitForPostgres(place, child.id, port);
  return { id: child.id, port };
}

export function adminUrl(port: number, password: string, database = 'postgres'): string {
  return `postgres://postgres:${password}@127.0.0.1:${port}/${database}`;
}
