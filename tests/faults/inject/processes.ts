import { askReadiness } from '../../../infra/local/src/supervisor/ready.ts';
import { childrenOf, commandOf, isAlive, type ProcessId, signal, statOf } from '../../../infra/local/src/system/processes.ts';
import type { TopologyProcess } from '../../../infra/local/src/topology.ts';
import { type TestShop, until } from '../../local/shop.ts';
import type { Target } from '../target.ts';
import { evidenceIf, type Fault, type Heal } from './fault.ts';
import { NotOurs, provenProcess, strike } from './identity.ts';

/** A server may be away for a minute, by another fault, before anybody can be ready. */
const BACK_MS = 150_000;
const REPLICATED = ['gateway', 'storefront', 'catalog', 'cart', 'order'];
const SINGLE = ['sandbox', 'nginx'];

/** Kills, whatever it does at that moment, and waits for the process in its place. */
export async function kill(shop: TestShop, name: string, how: NodeJS.Signals = 'SIGKILL'): Promise<Heal> {
  const victim = await serving(shop, name);
  strike(victim, how);
  return async () => {
    await untilReplaced(shop, victim);
    return `${name} is another process than pid ${victim.pid}`;
  };
}

/** Stops it where it stands: its sockets stay open and nobody answers. */
export async function freeze(shop: TestShop, name: string): Promise<Heal> {
  const victim = await serving(shop, name);
  strike(victim, 'SIGSTOP');
  return async () => {
    const felt = isStopped(victim.pid);
    // Another fault may have killed it meanwhile.
    if (!signal(victim, 'SIGCONT')) await untilReplaced(shop, victim);
    return evidenceIf(felt, `${name} stood still`);
  };
}

/** `nginx -s reload`: new workers begin, and the old ones end what they have in hand. */
async function reload(shop: TestShop): Promise<Heal> {
  const master = provenProcess(shop.topology(), 'nginx');
  const before = new Set(workersOf(master).map(({ pid }) => pid));
  strike(master, 'SIGHUP');
  const others = () => workersOf(master).some(({ pid }) => !before.has(pid));
  return async () => {
    await until(others, BACK_MS, () => 'nginx has no new worker');
    return 'nginx has other workers';
  };
}

const workersOf = (master: ProcessId) => childrenOf(master).filter(({ pid }) => commandOf(pid).startsWith('nginx: worker'));

/** One worker of nginx; its master starts another. */
async function killWorker(shop: TestShop): Promise<Heal> {
  const master = provenProcess(shop.topology(), 'nginx');
  const [worker] = workersOf(master);
  if (worker === undefined) throw new NotOurs(`pid ${master.pid} has no worker`);
  strike(worker, 'SIGKILL');
  return async () => {
    await until(() => workersOf(master).some(({ pid }) => pid !== worker.pid), BACK_MS, () => 'no worker took the place of the one that was killed');
    return evidenceIf(!isAlive(worker), `nginx has another worker than pid ${worker.pid}`);
  };
}

/** Its workers, who serve; the master only looks after them. */
async function freezeWorkers(shop: TestShop): Promise<Heal> {
  await serving(shop, 'nginx');
  const workers = workersOf(provenProcess(shop.topology(), 'nginx'));
  for (const worker of workers) strike(worker, 'SIGSTOP');
  return async () => {
    const stopped = workers.filter(({ pid }) => isStopped(pid)).length;
    for (const worker of workers) signal(worker, 'SIGCONT');
    return evidenceIf(stopped > 0, `${stopped} workers of nginx stood still`);
  };
}

/** Another fault may have ended it a moment ago: then the one that is started in its place. */
async function serving(shop: TestShop, name: string): Promise<TopologyProcess> {
  await until(() => shop.topology().processes.some((process) => process.name === name && isAlive(process)), BACK_MS, () => `${name} does not run`);
  return provenProcess(shop.topology(), name);
}

async function untilReplaced(shop: TestShop, victim: TopologyProcess): Promise<void> {
  const serves = async () => {
    const { pid, adminPort, state } = shop.process(victim.name);
    if (pid === victim.pid) return false;
    // A replica is called ready only when nginx asks it again, some seconds after it could answer.
    return adminPort === undefined ? state === 'ready' : (await askReadiness(adminPort)).ready;
  };
  await until(serves, BACK_MS, () => `nobody took the place of ${victim.name}, pid ${victim.pid}`);
}

/** Whether the kernel keeps it from running. */
export function isStopped(pid: number): boolean {
  return statOf(pid)?.state === 'T';
}

const both = (service: string) => [`${service}-1`, `${service}-2`];
const together = (heals: Heal[]): Heal => async () => {
  const evidence = await Promise.all(heals.map((heal) => heal()));
  return evidenceIf(!evidence.includes(undefined), evidence.join(', '));
};
const all = async ({ shop }: Target, names: string[], act: (shop: TestShop, name: string) => Promise<Heal>) => together(await Promise.all(names.map((name) => act(shop, name))));

/** Both stand still: connections to them are taken, and nobody answers. */
export const partition = (target: Target, service: string) => all(target, both(service), freeze);

export const processFaults: Fault[] = [
  ...REPLICATED.flatMap((service): Fault[] => [
    { name: `kill a ${service}`, row: '3.3 Replica killed', on: service, inject: ({ shop }, random) => kill(shop, random.pick(both(service))) },
    { name: `freeze a ${service}`, row: '3.3 Replica frozen', on: service, inject: ({ shop }, random) => freeze(shop, random.pick(both(service))) },
    { name: `terminate a ${service}`, row: '3.3 SIGTERM', on: service, inject: ({ shop }, random) => kill(shop, random.pick(both(service)), 'SIGTERM') },
  ]),
  ...['catalog', 'cart', 'order'].map((service): Fault => ({ name: `kill both ${service}s`, row: '3.3 Replica killed', on: service, inject: (target) => all(target, both(service), kill) })),
  { name: 'freeze both orders', row: '3.3 Partition gateway <-> order', on: 'order', inject: (target) => partition(target, 'order') },
  { name: 'reload nginx', row: '3.3 nginx reload', on: 'nginx', inject: ({ shop }) => reload(shop) },
  { name: 'kill a worker of nginx', row: '3.3 Replica killed', on: 'nginx', inject: ({ shop }) => killWorker(shop) },
  { name: 'freeze nginx', row: '3.3 Replica frozen', on: 'nginx', inject: ({ shop }) => freezeWorkers(shop) },
  ...SINGLE.map((name): Fault => ({ name: `kill ${name}`, row: '3.3 Replica killed', on: name, inject: ({ shop }) => kill(shop, name) })),
  { name: 'kill redis', row: '3.2 Down', on: 'redis', needs: 'supervisor', inject: ({ shop }) => kill(shop, 'redis') },
  { name: 'freeze sandbox', row: '3.4 10 s answer / never answers', on: 'sandbox', inject: ({ shop }) => freeze(shop, 'sandbox') },
];
