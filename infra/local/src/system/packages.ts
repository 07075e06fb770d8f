import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Fault } from '../fault.ts';
import { downloadChromium, findChromium } from './browser.ts';

export type SystemPackage = 'nginx' | 'redis-server' | 'chromium' | 'faketime';

const INSTALLER = fileURLToPath(new URL('install-packages.sh', import.meta.url));
const BREW: Record<SystemPackage, string[]> = {
  nginx: ['install', 'nginx'],
  'redis-server': ['install', 'redis'],
  chromium: ['install', '--cask', 'chromium'],
  faketime: ['install', 'libfaketime'],
};
/** A user's PATH often lacks the folders in which a distribution keeps its daemons. */
const DAEMON_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/bin', '/usr/local/bin', '/opt/homebrew/bin', '/opt/homebrew/sbin'];

function findProgram(name: string, folders = [...(process.env['PATH'] ?? '').split(':'), ...DAEMON_FOLDERS]): string | undefined {
  return folders.filter((folder) => folder !== '').map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function isThere(name: SystemPackage): boolean {
  return (name === 'chromium' ? findChromium() : findProgram(name)) !== undefined;
}

/** The program, or a fault that says how to get it. */
export function requireProgram(name: 'nginx' | 'redis-server'): string {
  const path = findProgram(name);
  if (path === undefined) throw new Fault(`${name} is not installed.`, 'npm start');
  return path;
}

/**
 * Installs what is missing through apt or Homebrew, and asks for nothing that is already there.
 * @throws Fault with the one command to run when it cannot be done from here
 */
export function ensurePackages(names: readonly SystemPackage[], say: (line: string) => void): void {
  const missing = names.filter((name) => !isThere(name));
  if (missing.length === 0) return;
  say(`Not there yet: ${missing.join(', ')}. Installing`);
  if (findProgram('apt-get') !== undefined) installWithApt(missing);
  else if (findProgram('brew') !== undefined) missing.forEach((name) => run('brew', BREW[name]));
  else throw new Fault(`Missing: ${missing.join(', ')}. Neither apt-get nor Homebrew was found here: please install them with your package manager, then try again.`);
  const still = missing.filter((name) => !isThere(name));
  if (still.length > 0) throw new Fault(`${still.join(', ')} could not be found after the installation.`);
}

/** For those few tests that give a process another clock: without it they say so and are skipped. */
export function ensureFaketime(say: (line: string) => void): void {
  if (process.platform !== 'linux') return;
  try {
    ensurePackages(['faketime'], say);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    say(`${error.message}\nNo replica will have a wrong clock.`);
  }
}

function installWithApt(names: SystemPackage[]): void {
  const noPackage = names.includes('chromium') && isUbuntu();
  const packages = names.filter((name) => !(noPackage && name === 'chromium'));
  if (packages.length > 0) asRoot(packages);
  if (noPackage && !downloadChromium()) {
    throw new Fault('A browser is needed for the tests, and this system has no package of chromium.', 'sudo snap install chromium   # or install Google Chrome');
  }
}

/** Ubuntu's package of that name is an empty shell that asks for a snap. */
function isUbuntu(): boolean {
  return existsSync('/etc/os-release') && /^ID=ubuntu$/m.test(readFileSync('/etc/os-release', 'utf8'));
}

function asRoot(packages: SystemPackage[]): void {
  const command = [INSTALLER, ...packages];
  if (process.getuid?.() === 0) return run('sh', command);
  if (spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status !== 0) {
    throw new Fault(`Not installed: ${packages.join(', ')}. Installing needs root.`, `sudo sh ${command.join(' ')}`);
  }
  run('sudo', ['-n', 'sh', ...command]);
}

function run(file: string, args: string[]): void {
  const result = spawnSync(file, args, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8', maxBuffer: 1 << 26 });
  if (result.status === 0) return;
  const words = `${result.stdout ?? ''}${result.stderr ?? ''}`.trim().split('\n').slice(-15).join('\n');
  throw new Fault(`The installation failed:\n${words}`, [file, ...args].join(' '));
}

/** What a program says of its own version, as `1.22.1`. */
export function versionOf(program: string, flag = '--version'): string {
  try {
    const { stdout, stderr } = spawnSync(program, [flag], { encoding: 'utf8' });
    return /\d+(\.\d+)+/.exec(`${stdout}${stderr}`)?.[0] ?? 'unknown';
  } catch {
    return 'unknown';
  }
}
