import { mkdirSync } from 'node:fs';
import { roleNames } from '../../../postgres/roles.ts';
import { Fault } from '../fault.ts';
import type { Home } from '../home.ts';
import { openSecrets } from '../secrets.ts';
import { loadSettings } from '../settings.ts';
import { ensurePackages } from '../system/packages.ts';
import { isFree, whoListens } from '../system/ports.ts';
import type { Plan } from './plan.ts';
import { takePorts } from './ports.ts';
import { stopStale } from './stale.ts';

/** What must be true before the first process is started. Nothing is left running when it is not. */
export async function prepare(home: Home, env: NodeJS.ProcessEnv, say: (line: string) => void): Promise<Plan> {
  const settings = loadSettings(env);
  const stale = await stopStale(home);
  if (stale.length > 0) say(`Stopped what an earlier run had left: ${stale.join(', ')}`);
  await refuseTakenPort(settings.EMALL_PORT, env['EMALL_HOME']);
  ensurePackages(settings.REDIS_URL === undefined ? ['nginx', 'redis-server'] : ['nginx'], say);
  mkdirSync(home.sandbox, { recursive: true });
  return { home, settings, secrets: openSecrets(home.secrets, roleNames), ports: await takePorts(home, settings.EMALL_PORT) };
}

async function refuseTakenPort(port: number, ofShop: string | undefined): Promise<void> {
  if (await isFree(port)) return;
  const home = ofShop ? `EMALL_HOME='${ofShop.replaceAll("'", "'\\''")}' ` : '';
  const who = whoListens(port);
  let other = port;
  do other = other < 65_535 ? other + 1 : 8080; while (!(await isFree(other)));
  throw new Fault(`Port ${port} is taken${who === '' ? '' : ` by ${who}`}.`, `${home}EMALL_PORT=${other} npm start   # or stop what listens there`);
}
