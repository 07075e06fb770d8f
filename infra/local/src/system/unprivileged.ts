import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

export interface User {
  name: string;
  group: string;
  uid: number;
  gid: number;
}

/** Whom daemons run as when we are root; undefined when we are not, and everything runs as ourselves. */
export function unprivilegedUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const [name = 'nobody', , uid = '65534', gid = '65534'] = lineOf('/etc/passwd', (fields) => fields[0] === 'nobody') ?? [];
  const group = lineOf('/etc/group', (fields) => fields[2] === gid)?.[0] ?? 'nogroup';
  return { name, group, uid: Number(uid), gid: Number(gid) };
}

function lineOf(file: string, matches: (fields: string[]) => boolean): string[] | undefined {
  return readFileSync(file, 'utf8').split('\n').map((line) => line.split(':')).find(matches);
}

const READ = 4;
const SEARCH = 1;

/** True when the user may walk from the root down to the path and read it. A home folder of mode 0700 says no. */
export function canReach(user: User, path: string): boolean {
  const target = resolve(path);
  if (!may(user, target, statSync(target).isDirectory() ? READ | SEARCH : READ)) return false;
  for (let folder = dirname(target); ; folder = dirname(folder)) {
    if (!may(user, folder, SEARCH)) return false;
    if (folder === dirname(folder)) return true;
  }
}

function may(user: User, path: string, wanted: number): boolean {
  const { mode, uid, gid } = statSync(path);
  const bits = uid === user.uid ? mode >> 6 : gid === user.gid ? mode >> 3 : mode;
  return (bits & wanted) === wanted;
}
