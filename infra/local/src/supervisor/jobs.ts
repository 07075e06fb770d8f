import { Fault } from '../fault.ts';
import { openHome } from '../home.ts';
import type { JobName } from '../processes.ts';
import { isAlive, listensOn } from '../system/processes.ts';
import { databaseUrl } from './databases.ts';
import { runJob } from './run-job.ts';
import { runningShop } from './running.ts';
import { whenToldToStop } from './stop-signals.ts';

/** Runs a service's job on the databases of the running shop, in the folder of the person who asked. */
export async function runShopJob(name: JobName, args: string[]): Promise<number> {
  const home = openHome();
  const { topology, secrets } = runningShop(home);
  const server = topology.processes.find(({ service }) => service === 'postgres');
  if (server !== undefined && !(isAlive(server) && listensOn(server.pid, server.port))) throw new Fault('The database of the shop is away; `npm run emall -- status` says more.');
  const shop = { currency: topology.currency, database: (role: string) => databaseUrl(topology.database, role, secrets.roles[role] ?? '') };
  const stop = new AbortController();
  whenToldToStop(() => stop.abort());
  return runJob(home, name, shop, args, { cwd: process.env['INIT_CWD'] ?? process.cwd(), signal: stop.signal });
}
