// The first file that runs: plain JavaScript for the Node a machine happens to have (18 or later), without a dependency.
// It installs the pinned pnpm and what the lockfile names, and hands over to src/cli.ts on the Node of the lockfile.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const PNPM = '12.21.0';
const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const home = resolve(root, process.env.EMALL_HOME || '.emall');
const stampFile = join(root, 'node_modules/.emall-installed');

async function main() {
  if (Number(process.versions.node.split('.')[0]) < 18) fail(`Node ${process.versions.node} is too old: 18 or later is needed.`);
  if (process.platform === 'win32') fail('Windows is not supported: please use WSL.');
  if (!isInstalled()) await withInstallLock(install);
  handOver(findNode());
}

// --- installing ---

/** What an installation was made from. It lies in node_modules, so that it goes when they go. */
function fingerprint() {
  const folders = ['.', 'gateway', 'tests', ...['services', 'infra'].flatMap((parent) => readdirSync(join(root, parent)).map((name) => `${parent}/${name}`))];
  const files = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...folders.sort().map((folder) => `${folder}/package.json`)];
  const hash = createHash('sha256').update(`${PNPM} ${process.platform} ${process.arch}`);
  for (const file of files) if (existsSync(join(root, file))) hash.update(`\0${file}\0`).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

function isInstalled() {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === fingerprint();
}

function install() {
  if (isInstalled()) return;
  const pnpm = join(home, 'tools/node_modules/.bin/pnpm');
  if (installedPnpm() !== PNPM) {
    say(`Installing pnpm ${PNPM}`);
    mkdirSync(join(home, 'tools'), { recursive: true });
    // Its program is a package of its own for each platform: no install script needs to run.
    run([...npm(), 'install', '--prefix', join(home, 'tools'), '--ignore-scripts', '--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error', `pnpm@${PNPM}`], home);
  }
  say('Installing the packages of the lockfile');
  // CI: never ask. Settings that npm puts into the environment are meant for npm.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_(config_(?!registry|.*proxy|cafile|userconfig)|package|lifecycle)/i.test(name)));
  run([pnpm, 'install', '--frozen-lockfile', '--config.node-version=26.0.0', ...(process.stdout.isTTY ? [] : ['--reporter=append-only'])], root, { ...env, CI: 'true' });
  writeFileSync(stampFile, fingerprint());
}

function installedPnpm() {
  try {
    return JSON.parse(readFileSync(join(home, 'tools/node_modules/pnpm/package.json'), 'utf8')).version;
  } catch {
    return undefined;
  }
}

function npm() {
  const path = process.env.npm_execpath || '';
  return basename(path) === 'npm-cli.js' ? [process.execPath, path] : ['npm'];
}

function run([file, ...args], cwd, env = process.env) {
  const { status, error } = spawnSync(file, args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] });
  if (error) fail(`${basename(file)} could not be started: ${error.message}`);
  if (status !== 0) fail(`The installation failed (see above). To try it alone:\n  cd ${cwd} && ${[file, ...args].join(' ')}`);
}

/** Two commands in a fresh clone must not install at once. */
async function withInstallLock(work) {
  const lock = join(root, '.emall', 'install.lock');
  mkdirSync(dirname(lock), { recursive: true });
  for (let waited = 0; !takeLock(lock); waited += 1) {
    if (waited === 0) say('Waiting for another command that is installing');
    await new Promise((done) => setTimeout(done, 300));
  }
  try {
    work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** A link appears with its content or not at all: nobody ever sees a lock without its holder's name. */
function takeLock(lock) {
  const draft = `${lock}.${process.pid}`;
  writeFileSync(draft, identify(process.pid));
  try {
    linkSync(draft, lock);
    process.once('exit', () => rmSync(lock, { force: true }));
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (!isHeld(lock)) rmSync(lock, { force: true });
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

function isHeld(lock) {
  try {
    const holder = readFileSync(lock, 'utf8');
    const pid = Number(holder.split(' ')[0]);
    return isRunning(pid) && identify(pid) === holder;
  } catch {
    return false;
  }
}

/** The pid and, where the system tells it, the tick at which the process started: another one may have the pid by now. */
function identify(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ');
    return fields[2] === 'Z' ? '' : `${pid} ${fields[21]}`;
  } catch {
    return String(pid);
  }
}

function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function findNode() {
  const platform = `${process.platform}-${process.arch}`;
  const found = [`node-${platform}`, `node-bin-${platform}`].map((name) => join(root, 'infra/local/node_modules', name, 'bin/node')).find(existsSync);
  if (found) return found;
  if (Number(process.versions.node.split('.')[0]) >= 26) return process.execPath;
  return fail(`The lockfile has no Node for ${platform}: please install Node 26 and use it to run this command.`);
}

// --- handing over ---

/**
 * The command runs in a session of its own, so that a key pressed in the terminal, which npm, this process and the
 * command would each receive (and npm passes on once more), reaches it through here alone, and once.
 * It notices by the channel when this process is gone.
 */
function handOver(node) {
  const args = ['--disable-warning=ExperimentalWarning', join(root, 'infra/local/src/cli.ts'), ...process.argv.slice(2)];
  const child = spawn(node, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], detached: true });
  child.on('error', (error) => fail(`${node} could not be started: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
  const pass = onceAtATime((signal) => child.kill(signal));
  const nohup = startedWithNohup();
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => pass(signal));
  // Node forgets that nohup had this signal ignored.
  process.on('SIGHUP', () => nohup || pass('SIGHUP'));
  if (!nohup) whenParentGoes(() => pass('SIGHUP'));
}

const SAME_KEY_MS = 500;

function onceAtATime(act) {
  const last = new Map();
  return (signal) => {
    const now = Date.now();
    if (now - (last.get(signal) ?? 0) > SAME_KEY_MS) act(signal);
    last.set(signal, now);
  };
}

/** npm ends at once on HUP and passes nothing on: all we see is that it has gone. */
function whenParentGoes(act) {
  const parent = process.ppid;
  if (!process.env.npm_lifecycle_event) return;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    act();
  }, 500);
}

/** nohup leaves two traces: the shell's `_` in the environment, and a standard input that cannot be read. */
function startedWithNohup() {
  if (/(^|\/)nohup$/.test(process.env._ || '')) return true;
  try {
    const flags = parseInt(/^flags:\s*(\d+)/m.exec(readFileSync('/proc/self/fdinfo/0', 'utf8'))[1], 8);
    if (readlinkSync('/proc/self/fd/0') === '/dev/null' && (flags & 3) === 1) return true;
    const environment = readFileSync(`/proc/${process.ppid}/environ`, 'utf8').split('\0');
    return environment.some((entry) => /^_=(.*\/)?nohup$/.test(entry));
  } catch {
    return false;
  }
}

function say(line) {
  process.stderr.write(`emall: ${line}\n`);
}

function fail(message) {
  say(message);
  process.exit(1);
}

await main();
