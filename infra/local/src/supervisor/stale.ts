import type { Home } from '../home.ts';
import { findPlace } from '../postgres/place.ts';
import { stopServer } from '../postgres/server.ts';
import { isAlive, stopProcess } from '../system/processes.ts';
import { endOrphanedWorkers } from '../system/sessions.ts';
import { readTopology, removeTopology, type TopologyProcess } from '../topology.ts';

/** Groups of processes that may be stopped together, from the door inwards: nothing goes while something before it may still ask for it. */
export function drainOrder<T extends { service: string }>(processes: readonly T[]): T[][] {
  const stages = [['nginx'], ['gateway'], ['storefront'], ['cart', 'order', 'catalog'], ['sandbox'], ['redis'], ['postgres']];
  const groups = stages.map((stage) => processes.filter(({ service }) => stage.includes(service)));
  return groups.filter((group) => group.length > 0);
}

/** Stops what a supervisor that was killed has left running, and nothing that merely has the same pid. Returns its names. */
export async function stopStale(home: Home): Promise<string[]> {
  const processes = readTopology(home)?.processes ?? [];
  const alive = processes.filter((process) => isAlive(process));
  for (const group of drainOrder(processes)) await Promise.all(group.map(stop));
  if (readTopology(home)?.database.dataDirectory !== undefined) await stopServer(findPlace(home));
  removeTopology(home);
  return alive.map(({ name }) => name);
}

async function stop(process: TopologyProcess): Promise<void> {
  const signals: Record<string, NodeJS.Signals> = { nginx: 'SIGQUIT', postgres: 'SIGINT' };
  await stopProcess(process, signals[process.service] ?? 'SIGTERM', process.service === 'postgres' ? 20_000 : 5000);
  endOrphanedWorkers(process);
}
