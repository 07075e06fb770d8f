import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from './command.ts';
import { Fault } from '../fault.ts';
import { openHome } from '../home.ts';
import { type Service, services } from '../processes.ts';
import { askSupervisor } from '../supervisor/ask.ts';
import { runningShop } from '../supervisor/running.ts';
import { takeLock } from '../system/lock.ts';
import { readTopology } from '../topology.ts';
import { buildRelease } from '../versions/release.ts';
import { commitOf, hasUncommitted, layOut, prune } from '../versions/tree.ts';

export const command: Command = {
  usage: 'deploy <service> [--ref <commit, branch or tag>]',
  help: `Gives the replicas of a service another version, which shoppers do not notice: lays the commit out (HEAD unless told),\nmigrates, replaces one replica after the other, and goes back by itself when the new ones do not become ready, end, or fail\nmore often than the old ones. A start runs what lies in the tree again. Services: ${Object.keys(services).join(', ')}.`,
  options: { ref: { type: 'string', default: 'HEAD' } },
  arguments: [1, 1],
  async run({ values, args: [name = ''] }) {
    if (!Object.hasOwn(services, name)) throw new Fault(`There is no service "${name}". There are: ${Object.keys(services).join(', ')}`);
    const service = name as Service;
    const home = openHome();
    const shop = runningShop(home);
    const commit = await commitOf(String(values['ref']));
    mkdirSync(home.versions, { recursive: true });
    const lock = takeLock(join(home.versions, 'lock'));
    if ('holder' in lock) throw new Fault(`Another deploy is under way (pid ${lock.holder.pid}).`);
    try {
      if (values['ref'] === 'HEAD' && (await hasUncommitted())) console.log('What is not committed is not deployed.');
      const tree = await layOut(home, commit, console.log);
      const release = await buildRelease(home, service, tree);
      console.log(`Built ${service} ${release.version}`);
      await askSupervisor(shop, { deploy: service, release });
      console.log(`${service} runs ${release.version}`);
      return 0;
    } finally {
      await prune(home, readTopology(home)?.processes.flatMap(({ command }) => command) ?? []);
      lock.release();
    }
  },
};
