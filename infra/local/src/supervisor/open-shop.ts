import { protectionsWithout } from '@emall/runtime';
import { buildAll } from '../build/build.ts';
import { migrateAll } from '../migrations.ts';
import { forgetPages } from '../nginx.ts';
import { ensureDatabase, ensureRoles } from '../postgres/admin.ts';
import type { Shop } from '../processes.ts';
import { importDemo } from './catalogue.ts';
import type { Crew } from './crew.ts';
import { checkDatabase, type Databases } from './databases.ts';
import { type Plan, planProcesses } from './plan.ts';
import type { Rotation } from './rotation.ts';

interface Opening {
  plan: Plan;
  databases: Databases;
  shop: Shop;
  crew: Crew;
  rotation: Rotation;
}

/** From an empty machine to a shop that is ready, step by step. @param interrupted ends it between two steps */
export async function openShop({ plan, databases, shop, crew, rotation }: Opening, say: (line: string) => void, interrupted: AbortSignal): Promise<void> {
  const { home } = plan;
  say(`Starting ${databases.specs.map(({ name }) => name).join(' and ') || 'on the given database and cache'}`);
  await Promise.all([crew.start(databases.specs), buildAll(home, say)]);
  interrupted.throwIfAborted();

  await prepareDatabase(plan, databases, say);
  interrupted.throwIfAborted();

  await importDemo(home, databases.adminUrl, { currency: plan.settings.SHOP_CURRENCY, database: databases.database }, say, interrupted);
  interrupted.throwIfAborted();

  say('Starting the services');
  forgetPages(home);
  rotation.write();
  await crew.start(planProcesses(plan, shop));
}

async function prepareDatabase({ settings, secrets }: Plan, { adminUrl }: Databases, say: (line: string) => void): Promise<void> {
  if (settings.DATABASE_URL === undefined) await ensureDatabase(adminUrl);
  else await checkDatabase(adminUrl);
  const left = protectionsWithout(settings.EMALL_WITHOUT);
  await ensureRoles(adminUrl, secrets.roles, { connections: left.has('connection-budget'), time: left.has('deadlines') });
  const done = await migrateAll(adminUrl, secrets.roles);
  if (done.length > 0) say(`Applied ${done.length} migration${done.length === 1 ? '' : 's'}`);
}
