import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../home.ts';
import { whenToldToStop } from '../supervisor/stop-signals.ts';
import { sweepShops } from '../testing/shops.ts';
import { ensurePackages } from './packages.ts';
import { onProcessor } from './processors.ts';

/** Shoppers have a processor of their own, so that the shop is not measured by what they cost. */
const GENERATOR_PROCESSOR = 1;

/** `tests/surge`, on a processor of its own where processes can be given one. */
export async function runSurge(which: 'surge' | 'incident', args: string[]): Promise<number> {
  ensurePackages(['nginx', 'redis-server'], console.log);
  const [file = '', ...rest] = [...onProcessor(GENERATOR_PROCESSOR), process.execPath, join(ROOT, 'tests/surge/main.ts'), which, ...args];
  const child = spawn(file, rest, { cwd: ROOT, stdio: 'inherit' });
  whenToldToStop((signal) => child.kill(signal));
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (status) => resolve(status ?? 1));
  });
  // Also after a run that was ended before it could stop its shop.
  await sweepShops();
  return code;
}
