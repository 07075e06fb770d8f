import type { Command } from './command.ts';
import { openHome } from '../home.ts';
import { superviseShop } from '../supervisor/up.ts';
import { takeLock } from '../system/lock.ts';
import { readTopology } from '../topology.ts';

export const command: Command = {
  usage: 'up',
  help: 'Installs what is missing, prepares the databases, imports the demonstration catalogue into an empty shop, starts\neverything and waits until it is ready. Ctrl-C stops it all.',
  async run() {
    const home = openHome();
    const lock = takeLock(home.lock);
    if ('holder' in lock) {
      const address = readTopology(home)?.baseUrl;
      console.log(`The shop of ${home.path} ${address === undefined ? 'is starting already' : `runs already: ${address}`} (pid ${lock.holder.pid}).`);
      return 0;
    }
    try {
      return await superviseShop(home, process.env);
    } finally {
      lock.release();
    }
  },
};
