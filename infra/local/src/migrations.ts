import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { migrate } from '@emall/runtime';
import { type DatabaseService, databaseServices } from '../../postgres/budget.ts';
import { ownerOf, rooms } from '../../postgres/roles.ts';
import { migrateOrders } from '../../../services/order/src/migrate.ts';
import { ROOT } from './home.ts';
import { withRole } from './postgres/admin.ts';

export function migrationsOf(service: DatabaseService): string {
  return join(ROOT, 'services', service, 'migrations');
}

type Runner = (where: { url: string; directory: string }) => Promise<string[]>;

/** A service whose schema needs more than SQL files says so in its own `src/migrate.ts`: order has the tables of its job queue. */
export function runnerFor(service: DatabaseService): Runner {
  return service === 'order' ? migrateOrders : (where) => migrate({ ...where, schema: rooms[service].schema });
}

/** Brings every service's schema up to date, each as the owner of its schema. Returns what ran as `service/0001-name`. */
export async function migrateAll(adminUrl: string, passwords: Readonly<Record<string, string>>): Promise<string[]> {
  const done: string[] = [];
  for (const service of databaseServices) {
    const directory = migrationsOf(service);
    if (!existsSync(directory)) continue;
    const owner = ownerOf(service);
    const names = await runnerFor(service)({ url: withRole(adminUrl, owner, passwords[owner] ?? ''), directory });
    done.push(...names.map((name) => `${service}/${name}`));
  }
  return done;
}
