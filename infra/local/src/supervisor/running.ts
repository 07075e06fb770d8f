import { Fault } from '../fault.ts';
import { readJson } from '../files.ts';
import type { Home } from '../home.ts';
import type { Secrets } from '../secrets.ts';
import { isAlive } from '../system/processes.ts';
import { readTopology, type Topology } from '../topology.ts';

/** @throws Fault when no shop runs in this home, or when its supervisor has gone and only what it started is left */
export function runningShop(home: Home): { topology: Topology; secrets: Secrets } {
  const topology = readTopology(home);
  const secrets = readJson<Secrets>(home.secrets);
  if (topology === undefined || secrets === undefined) throw new Fault(`No shop runs in ${home.path}.`, 'npm start');
  if (!isAlive(topology.supervisor)) {
    const left = topology.processes.some(isAlive);
    throw new Fault(left ? 'The supervisor of this shop has gone. Starting it again takes over what is left.' : `No shop runs in ${home.path}.`, 'npm start');
  }
  return { topology, secrets };
}
