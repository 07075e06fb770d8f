import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Command } from './command.ts';
import { ROOT } from '../home.ts';
import { leaveTestServers } from '../testing/servers.ts';
import { ensureFaketime, ensurePackages } from '../system/packages.ts';
import { whenToldToStop } from '../supervisor/stop-signals.ts';

export const command: Command = {
  usage: 'faults [--seed S] [--minutes M] [--schedules N] | --decide WORLD | --report RESULTS… | --guards [name]',
  help: 'Breaks shops of its own while shoppers buy, and checks afterwards that no order was lost, doubled or half done.\nThe seed of a schedule is printed with its faults: --seed S --schedules 1 replays it.\n--decide gives the verdict on kept records again, --report turns results into docs/reports.\n--guards takes each guard of checkout away, one at a time, and sees whether a test turns red. See tests/faults/README.md.',
  passesOn: true,
  async run({ args }) {
    ensurePackages(['nginx', 'redis-server'], console.log);
    ensureFaketime(console.log);
    const child = spawn(process.execPath, [join(ROOT, 'tests/faults/main.ts'), ...args], { cwd: ROOT, stdio: 'inherit' });
    whenToldToStop((signal) => child.kill(signal));
    const code = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (status) => resolve(status ?? 1));
    });
    // Also after a run that was interrupted before it could stop its shops.
    await leaveTestServers(child.pid);
    return code;
  },
};
