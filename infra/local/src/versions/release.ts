import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DatabaseService, databaseServices } from '../../../postgres/budget.ts';
import { addAssets } from '../build/assets.ts';
import { bundleFrom } from '../build/bundles.ts';
import { Fault } from '../fault.ts';
import type { Home } from '../home.ts';
import { type Service, services } from '../processes.ts';
import type { Release } from '../supervisor/specs.ts';
import type { Tree } from './tree.ts';

/** `0.1.0+g1a2b3c4d`: "g" as git itself writes it, because the version of what `npm start` builds ends in a fingerprint of its content. */
function versionOf({ commit, folder }: Tree): string {
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  return `${version}+g${commit.slice(0, 8)}`;
}

/** Builds what the replicas of a service run, and the files that its pages name. */
export async function buildRelease(home: Home, service: Service, tree: Tree): Promise<Release> {
  const { entry } = services[service];
  if (!existsSync(join(tree.folder, entry))) throw new Fault(`That version has no ${entry}.`);
  const built = join(tree.folder, '.emall/build');
  mkdirSync(built, { recursive: true });
  const release = { version: versionOf(tree), file: join(built, `${service}.mjs`), ...migrationOf(service, tree) };
  const manifest = join(built, 'manifest.json');
  if (service === 'storefront') await addAssets(home, tree.folder, manifest);
  await bundleFrom(tree.folder, entry, release.file);
  return service === 'storefront' ? { ...release, manifest } : release;
}

/** The version's own job. One from before there was a job has nothing that this database has not had. */
function migrationOf(service: Service, { folder }: Tree): Pick<Release, 'migration'> {
  const job = join(folder, 'infra/local/src/migrate.ts');
  return databaseServices.includes(service as DatabaseService) && existsSync(job) ? { migration: job } : {};
}
