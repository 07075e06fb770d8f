import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Command } from './command.ts';
import { ROOT } from '../home.ts';
import { ensurePackages } from '../system/packages.ts';
import { whenToldToStop } from '../supervisor/stop-signals.ts';

export const command: Command = {
  usage: 'bench [--products N,…] [--seconds S] [--rounds R] [--only NAME] [--soak 10m] [--report]',
  help: 'Measures what each operation of a shop of its own costs over all processes, next to the limits on the same machine.\nWrites tables and charts to .emall/bench; --report also docs/performance/bench.md. --products 1000,100000,1000000\nshows how costs grow with the catalogue. Exit code 1 when a budget is missed. See tests/bench/README.md.',
  passesOn: true,
  async run({ args }) {
    ensurePackages(['nginx', 'redis-server'], console.log);
    const child = spawn(process.execPath, [join(ROOT, 'tests/bench/main.ts'), ...args], { cwd: ROOT, stdio: 'inherit' });
    whenToldToStop((signal) => child.kill(signal));
    return new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (status) => resolve(status ?? 1));
    });
  },
};
