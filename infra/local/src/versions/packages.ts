import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../fault.ts';
import { type Home, ROOT } from '../home.ts';

/** What decides which packages there are and where they lie. */
const DECIDES = ['pnpm-lock.yaml', 'pnpm-workspace.yaml'];

/** Gives another tree the packages of its lockfile, without the network. */
export async function installPackages(home: Home, root: string, say: (line: string) => void): Promise<void> {
  if (DECIDES.every((file) => contentOf(root, file) === contentOf(ROOT, file))) link(root);
  else install(home, root, say);
}

function contentOf(root: string, file: string): string | undefined {
  const path = join(root, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** The same packages: pnpm's links are relative, so that copies of them lead to the packages here and to the sources there. */
function link(root: string): void {
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  const folders = ['gateway', 'tests', ...['services', 'infra'].flatMap((parent) => readdirSync(join(root, parent)).map((name) => `${parent}/${name}`))];
  for (const folder of folders) {
    const from = join(ROOT, folder, 'node_modules');
    if (existsSync(join(root, folder, 'package.json')) && existsSync(from)) cpSync(from, join(root, folder, 'node_modules'), { recursive: true, verbatimSymlinks: true });
  }
}

/** Other packages come from pnpm's store: what no clone of this machine has had is not there. */
function install(home: Home, root: string, say: (line: string) => void): void {
  const pnpm = [home.path, join(ROOT, '.emall')].map((place) => join(place, 'tools/node_modules/.bin/pnpm')).find(existsSync);
  if (pnpm === undefined) throw new Fault('pnpm is not installed; `npm start` does that.');
  say('Installing the packages of its lockfile, from the store');
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(GIT_|npm_)/i.test(name)));
  const { status, stdout, stderr } = spawnSync(pnpm, ['install', '--frozen-lockfile', '--offline', '--config.node-version=26.0.0', '--reporter=append-only'], { cwd: root, encoding: 'utf8', env: { ...env, CI: 'true' } });
  if (status !== 0) throw new Fault(`The packages of that version could not be installed offline:\n${`${stdout}${stderr}`.trim().split('\n').slice(-8).join('\n')}`);
}
