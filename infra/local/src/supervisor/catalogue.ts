import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { runnerOf } from '../../../postgres/roles.ts';
import { bundleFile } from '../build/bundles.ts';
import { Fault } from '../fault.ts';
import { type Home, ROOT } from '../home.ts';
import { withAdmin } from '../postgres/admin.ts';
import { node } from './specs.ts';

const DEMO = join(ROOT, 'services/catalog/demo');

/** What a job is told. */
export interface JobShop {
  currency: string;
  /** The database's address as a role. */
  database(role: string): string;
}

/** The first start fills an empty shop; whatever a merchant has imported since is left alone. */
export async function importDemo(home: Home, adminUrl: string, shop: JobShop, say: (line: string) => void, interrupted: AbortSignal): Promise<void> {
  if (!(await isEmpty(adminUrl))) return;
  say('Importing the demonstration catalogue');
  const status = await runJob(home, 'catalog-import', shop, ['--categories', join(DEMO, 'categories.csv'), join(DEMO, 'products.csv')], { signal: interrupted });
  if (status !== 0) throw new Fault(`The demonstration catalogue could not be imported (exit code ${status}).`);
}

async function isEmpty(adminUrl: string): Promise<boolean> {
  return withAdmin(adminUrl, async (client) => {
    const { rows } = await client.query<{ empty: boolean }>('select not exists (select from catalog.product) and not exists (select from catalog.discontinued_product) as empty');
    return rows[0]?.empty ?? false;
  });
}

/** Runs one of catalog's jobs in front of the person who asked for it. Returns its exit code. */
export async function runJob(home: Home, name: 'catalog-import' | 'catalog-seed', shop: JobShop, args: string[], { cwd = ROOT, signal }: { cwd?: string; signal?: AbortSignal } = {}): Promise<number> {
  const { file, args: all, env } = node(bundleFile(home, name), { DATABASE_URL: shop.database(runnerOf('catalog')), SHOP_CURRENCY: shop.currency }, args);
  const child = spawn(file, all, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] });
  signal?.addEventListener('abort', () => child.kill(), { once: true });
  if (signal?.aborted) child.kill();
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
