import type { Command } from './command.ts';
import { Fault } from '../fault.ts';
import { openHome } from '../home.ts';
import { replicas, services } from '../processes.ts';
import { askSupervisor } from '../supervisor/ask.ts';
import { runningShop } from '../supervisor/running.ts';

export const command: Command = {
  usage: 'scale <service>=<replicas> …',
  help: `Adds and removes replicas of the running shop, which its shoppers do not notice. It goes on when this command is\ninterrupted. A start begins with ${Object.entries(replicas).map(([service, count]) => `${service}=${count}`).join(' ')} again. Example:\n  npm run emall -- scale catalog=4 order=1`,
  arguments: [1, Object.keys(services).length],
  async run({ args }) {
    const wanted: Record<string, number> = {};
    for (const argument of args) {
      const [, service, count] = /^([a-z]+)=(\d{1,4})$/.exec(argument) ?? [];
      if (service === undefined) throw new Fault(`"${argument}" is not <service>=<replicas>, as in catalog=4.`);
      if (Object.hasOwn(wanted, service)) throw new Fault(`${service} is given twice.`);
      wanted[service] = Number(count);
    }
    await askSupervisor(runningShop(openHome()), { scale: wanted });
    return 0;
  },
};
