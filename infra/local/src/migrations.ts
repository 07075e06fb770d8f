import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { migrate } from '@emall/runtime';
import { type DatabaseService, databaseServices } from '../../postgres/budget.ts';
import { ownerOf, rooms } from '../../postgres/roles.ts';
import { ROOT } from './home.ts';
import { withRole } from './postgres/admin.ts';

export function migrationsOf(service: DatabaseService): string {
  return join(ROOT, 'services', service, 'migrations');
}

/** Brings every service's schema up to date, each as the owner of its schema. Returns what ran as `service/0001-name`. */
export async function migrateAll(adminUrl: string, passwords: Readonly<Record<string, string>>): Promise<string[]> {
  const done: string[] = [];
  for (const service of databaseServices) {
    const directory = migrationsOf(service);
    if (!existsSync(directory)) continue;
    const owner = ownerOf(service);
    const names = await migrate({ url: withRole(adminUrl, owner, passwords[owner] ?? ''), directory, schema: rooms[service].schema });
    done.push(...names.map((name) => `${service}/${name}`));
  }
  return done;
}
