import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../fault.ts';
import type { Home } from '../home.ts';
import { git } from './git.ts';
import { installPackages } from './packages.ts';

/** A commit as it lies in the home, with its packages. */
export interface Tree {
  commit: string;
  folder: string;
}

/** Besides those that something still runs from. */
const KEPT = 3;
/** Written when everything is there; its age says when the tree was used last. */
const COMPLETE = '.emall/complete';

/** The commit that a name means. */
export async function commitOf(ref: string): Promise<string> {
  return git('rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`).catch(() => {
    throw new Fault(`There is no commit "${ref}" in this clone.`);
  });
}

export async function hasUncommitted(): Promise<boolean> {
  return (await git('status', '--porcelain')) !== '';
}

/** Lays a commit out beside the clone, which is left as it is but for its list of worktrees. */
export async function layOut(home: Home, commit: string, say: (line: string) => void): Promise<Tree> {
  const folder = join(home.versions, commit.slice(0, 12));
  const complete = join(folder, COMPLETE);
  if (!existsSync(complete)) {
    await remove(folder);
    mkdirSync(home.versions, { recursive: true });
    await git('worktree', 'add', '--quiet', '--detach', folder, commit);
    await installPackages(home, folder, say);
    mkdirSync(join(folder, '.emall'), { recursive: true });
    writeFileSync(complete, '');
  }
  utimesSync(complete, new Date(), new Date());
  return { commit, folder };
}

/** Removes the trees that have not been used for longest. @param used paths of what runs */
export async function prune(home: Home, used: readonly string[]): Promise<void> {
  const trees = readdirSync(home.versions).map((name) => join(home.versions, name)).filter((folder) => statSync(folder).isDirectory());
  const idle = trees.filter((folder) => !used.some((path) => path.startsWith(`${folder}/`))).sort((a, b) => usedAt(b) - usedAt(a));
  for (const folder of idle.slice(KEPT)) await remove(folder);
}

function usedAt(folder: string): number {
  return statSync(join(folder, COMPLETE), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

async function remove(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  // Forgets what is no more, also trees of homes that were deleted.
  await git('worktree', 'prune');
}
