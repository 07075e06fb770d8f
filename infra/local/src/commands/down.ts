import type { Command } from './command.ts';
import { readJson } from '../files.ts';
import { openHome } from '../home.ts';
import { stopStale } from '../supervisor/stale.ts';
import { isAlive, type ProcessId, signal, waitForExit } from '../system/processes.ts';

export const command: Command = {
  usage: 'down',
  help: 'Stops the shop in the order in which nothing is missed, also one whose supervisor was killed.',
  async run() {
    const home = openHome();
    const supervisor = readJson<ProcessId>(home.lock);
    if (supervisor !== undefined && isAlive(supervisor)) {
      signal(supervisor, 'SIGTERM');
      if (!(await waitForExit(supervisor, 90_000))) {
        console.error(`The supervisor (pid ${supervisor.pid}) has not ended within 90 s.`);
        return 1;
      }
      console.log('The shop is stopped.');
      return 0;
    }
    const stopped = await stopStale(home);
    console.log(stopped.length === 0 ? `No shop runs in ${home.path}.` : `Stopped what was left of it: ${stopped.join(', ')}.`);
    return 0;
  },
};
