import { spawn } from 'node:child_process';
import { runnerOf } from '../../../postgres/roles.ts';
import { bundleFile } from '../build/bundles.ts';
import { type Home, ROOT } from '../home.ts';
import { type JobName, jobs } from '../processes.ts';
import { node } from './specs.ts';

/** What a job is told. */
export interface JobShop {
  currency: string;
  /** The database's address as a role. */
  database(role: string): string;
}

/** Runs a service's job in front of the person who asked for it. Returns its exit code. */
export async function runJob(home: Home, name: JobName, shop: JobShop, args: string[], { cwd = ROOT, signal }: { cwd?: string; signal?: AbortSignal } = {}): Promise<number> {
  const { file, args: all, env } = node(bundleFile(home, name), { DATABASE_URL: shop.database(runnerOf(jobs[name].service)), SHOP_CURRENCY: shop.currency }, args);
  const child = spawn(file, all, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] });
  signal?.addEventListener('abort', () => child.kill(), { once: true });
  if (signal?.aborted) child.kill();
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
