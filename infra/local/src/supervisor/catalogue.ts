import { join } from 'node:path';
import { Fault } from '../fault.ts';
import { type Home, ROOT } from '../home.ts';
import { withAdmin } from '../postgres/admin.ts';
import { type JobShop, runJob } from './run-job.ts';

const DEMO = join(ROOT, 'services/catalog/demo');

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
