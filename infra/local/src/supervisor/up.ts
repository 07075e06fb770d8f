import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Home } from '../home.ts';
import type { Shop } from '../processes.ts';
import { commandOf, identify, signal } from '../system/processes.ts';
import { removeTopology, type Topology, writeTopology } from '../topology.ts';
import { listenForControl } from './control.ts';
import { Crew } from './crew.ts';
import { type Databases, planDatabases } from './databases.ts';
import { createDevelopment } from './development.ts';
import { Fleet } from './fleet.ts';
import { openShop } from './open-shop.ts';
import { describeShop, type Plan } from './plan.ts';
import { prepare } from './prepare.ts';
import { createReporter, welcome } from './report.ts';
import { rotateLogs } from './rotate.ts';
import { Rotation } from './rotation.ts';
import { aborted, listenForStop } from './stop-signals.ts';

/**
 * The whole shop, until somebody asks it to stop.
 * @returns the exit code: 0 when an open shop was stopped, 128 and the signal's number when it had not opened yet
 */
export async function superviseShop(home: Home, env: NodeJS.ProcessEnv): Promise<number> {
  const begin = performance.now();
  const say = createReporter(join(home.logs, 'emall.log'));
  const stop = listenForStop(say);
  const plan = await prepare(home, env, say);
  const databases = planDatabases(home, plan.settings, plan.secrets, plan.ports);
  const shop = describeShop(plan, databases);
  const crew = new Crew({ say, changed: () => keepTopology() });
  const rotation = new Rotation(plan, crew);
  const fleet = new Fleet(plan, shop, crew, rotation);
  const topology = createTopology(plan, databases, shop, crew);
  const keepTopology = topologyKeeper(home, topology, say);
  const stopRotating = rotateLogs(home, () => reopenAccessLog(crew));
  try {
    const opening = openShop({ plan, databases, shop, crew, rotation }, say, stop.asked);
    // Once somebody has asked to stop, a step that then fails is no news.
    opening.catch(() => {});
    await Promise.race([opening, aborted(stop.asked)]);
    if (stop.asked.aborted) return stop.exitCode();
    fleet.adopt();
    listenForControl(plan.ports.control, { token: plan.secrets.control, development: createDevelopment(fleet, rotation, say), fleet, say });
    say(welcome(topology(), (performance.now() - begin) / 1000));
    await aborted(stop.asked);
    return 0;
  } finally {
    plan.ports.control.close();
    stopRotating();
    await crew.drain(stop.hurry, say);
    removeTopology(home);
    say('Everything is stopped.');
  }
}

function createTopology({ home, settings, ports }: Plan, databases: Databases, shop: Shop, crew: Crew): () => Topology {
  const startedAt = new Date().toISOString();
  const id = identify(process.pid) ?? { pid: process.pid, started: '' };
  const supervisor = { ...id, command: commandOf(process.pid), log: join(home.logs, 'emall.log'), controlPort: (ports.control.address() as AddressInfo).port };
  return () => ({
    baseUrl: `http://127.0.0.1:${settings.EMALL_PORT}`,
    currency: settings.SHOP_CURRENCY,
    home: home.path,
    startedAt,
    supervisor,
    processes: crew.describe(),
    ...databases.topology,
    ...(shop.payment.apiUrl !== undefined && { sandbox: { url: shop.payment.pageOrigin } }),
  });
}

const AGAIN_MS = 5000;

/** Keeps `topology.json` true. What runs goes on while it cannot be written, on a full disk for example. */
function topologyKeeper(home: Home, topology: () => Topology, say: (line: string) => void): () => void {
  let again: NodeJS.Timeout | undefined;
  const write = () => {
    try {
      writeTopology(home, topology());
      clearTimeout(again);
      again = undefined;
    } catch (error) {
      if (again === undefined) say(`topology.json is out of date: ${error instanceof Error ? error.message : String(error)}`);
      clearTimeout(again);
      again = setTimeout(write, AGAIN_MS).unref();
    }
  };
  return write;
}

function reopenAccessLog(crew: Crew): void {
  const [nginx] = crew.of('nginx');
  if (nginx?.id !== undefined) signal(nginx.id, 'SIGUSR1');
}
