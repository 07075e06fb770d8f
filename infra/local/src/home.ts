import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Fault } from './fault.ts';

/** The clone this code lies in. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url)).replace(/\/$/, '');

/** Every place in the folder that holds a shop's state; nothing is kept elsewhere but what `postgres/place.ts` must move. */
export interface Home {
  path: string;
  logs: string;
  build: string;
  static: string;
  nginx: string;
  postgres: string;
  sandbox: string;
  /** What a shop without a mail server would have sent. */
  mail: string;
  /** Programs that `emall dev` rebuilds while one edits. */
  dev: string;
  /** Trees of the commits that were deployed. */
  versions: string;
  topology: string;
  secrets: string;
  lock: string;
}

export function openHome(path: string = process.env['EMALL_HOME'] || join(ROOT, '.emall')): Home {
  const home = resolve(ROOT, path);
  // esbuild's list of what it built is no JSON then.
  if (/["\\\p{Cc}]/u.test(home)) throw new Fault(`EMALL_HOME may have no quotation mark, backslash or control character in its path: ${JSON.stringify(home)}`);
  const at = (name: string) => join(home, name);
  const places: Home = {
    path: home,
    logs: at('logs'),
    build: at('build'),
    static: at('static'),
    nginx: at('nginx'),
    postgres: at('postgres'),
    sandbox: at('sandbox'),
    mail: at('mail'),
    dev: at('dev'),
    versions: at('versions'),
    topology: at('topology.json'),
    secrets: at('secrets.json'),
    lock: at('lock'),
  };
  try {
    mkdirSync(places.logs, { recursive: true });
  } catch (error) {
    throw new Fault(`EMALL_HOME cannot be ${home}: ${(error as Error).message}`);
  }
  return places;
}

/** The home of the tests' own database and cache, beside a running shop's. */
export function openTestHome(): Home {
  return openHome(join(process.env['EMALL_HOME'] || join(ROOT, '.emall'), 'test'));
}

/** A short stable name for a home: `emall-1a2b3c4d`. */
export function nameOf(home: Home): string {
  const hash = createHash('sha256').update(home.path).digest('hex').slice(0, 8);
  return `${basename(ROOT)}-${hash}`;
}
