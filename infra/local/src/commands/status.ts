import type { Command } from './command.ts';
import { openHome } from '../home.ts';
import { askReadiness } from '../supervisor/ready.ts';
import { table } from '../supervisor/report.ts';
import { isAlive } from '../system/processes.ts';
import { readTopology, type TopologyProcess } from '../topology.ts';

export const command: Command = {
  usage: 'status',
  help: 'Lists the processes of the running shop. Exits with 1 when it does not run or something is not ready.',
  async run() {
    const home = openHome();
    const topology = readTopology(home);
    if (topology === undefined) {
      console.log(`No shop runs in ${home.path}. Start it with: npm start`);
      return 1;
    }
    const supervised = isAlive(topology.supervisor);
    const states = await Promise.all(topology.processes.map((process) => stateOf(process, supervised)));
    const rows = topology.processes.map(({ name, port, pid, restarts, version }, index) => [name, states[index]?.words ?? '', String(port), String(pid), String(restarts), version]);
    const { baseUrl, database, redis, sandbox } = topology;
    console.log(`${baseUrl}\n\n${table([['process', 'state', 'port', 'pid', 'restarts', 'version'], ...rows])}\n`);
    console.log(table([
      ['database', `${database.host}:${database.port}/${database.name}`, database.dataDirectory ?? 'DATABASE_URL'],
      ['redis', `${redis.host}:${redis.port}`, ''],
      ['payments', sandbox?.url ?? 'the real provider', ''],
    ]));
    if (!supervised) console.log('\n  The supervisor has gone: nothing restarts what fails. `npm start` takes over.');
    return states.every(({ good }) => good) && supervised ? 0 : 1;
  },
};

async function stateOf(process: TopologyProcess, supervised: boolean): Promise<{ good: boolean; words: string }> {
  if (process.state === 'stopped' || process.state === 'draining') return { good: true, words: process.state };
  if (!isAlive(process)) return { good: false, words: 'not running' };
  if (process.adminPort === undefined) return { good: true, words: 'running' };
  const { ready, words } = await askReadiness(process.adminPort);
  // Who died and is back is still left out by nginx for some seconds.
  if (ready && supervised && process.state === 'starting') return { good: false, words: 'answers, not asked yet' };
  return { good: ready, words };
}
