import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { nameOf, openHome, ROOT } from '../../infra/local/src/home.ts';
import { freePort, isFree } from '../../infra/local/src/system/ports.ts';
import { isAlive, type ProcessId } from '../../infra/local/src/system/processes.ts';
import { forgetShop, noteShop } from '../../infra/local/src/testing/shops.ts';
import type { Topology } from '../../infra/local/src/topology.ts';

const START_MS = 200_000;
const STOP_MS = 90_000;
const CLI = join(ROOT, 'infra/local/src/cli.ts');

/** How people start a shop. */
export const byNpm = ['npm', 'start'];
/** The supervisor is the process that is started, and is there a little sooner. */
export const byCli = [process.execPath, CLI, 'up'];
export const underStrictUmask = ['sh', '-c', 'umask 077; exec npm start'];
export const underNohup = ['bash', '-c', 'nohup npm start & wait'];

/** A home and a port for a shop of the tests' own, and what was started on it. */
export class TestShop {
  /** Of mode 0700: the user as whom root runs Postgres cannot reach it. */
  readonly home = mkdtempSync(join(tmpdir(), 'emall-shop-'));
  readonly #name = nameOf(openHome(this.home));
  port = 0;
  #child: ChildProcess | undefined;
  #said = { text: '', over: true };
  #exit: Promise<number> = Promise.resolve(0);

  readonly #settings: Record<string, string>;

  /** @param settings of this shop, as `infra/local/README.md` lists them */
  constructor(settings: Record<string, string> = {}) {
    this.#settings = settings;
    noteShop(this.home);
  }

  /** What it has said since the last start. */
  get output(): string {
    return this.#said.text;
  }

  /** The process that was started: npm, most often. */
  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  topology(): Topology {
    return JSON.parse(readFileSync(join(this.home, 'topology.json'), 'utf8')) as Topology;
  }

  process(name: string) {
    const found = this.topology().processes.find((process) => process.name === name);
    if (found === undefined) throw new Error(`no process ${name}`);
    return found;
  }

  /** Programs of the same sources are the same: building them once is enough for the tests. */
  takeBuildOf(other: TestShop): void {
    for (const folder of ['build', 'static']) cpSync(join(other.home, folder), join(this.home, folder), { recursive: true });
  }

  /** Starts in a process group of its own, as a terminal does. */
  async begin([file = '', ...args]: string[] = byNpm): Promise<void> {
    this.port ||= await freePort(`${this.home}/edge`);
    const said = { text: '', over: false };
    const child = spawn(file, args, { cwd: ROOT, env: this.environment(), detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said.text += chunk.toString()));
    this.#exit = new Promise((resolve) => child.once('exit', (code) => resolve(code ?? -1)));
    // Only then has everything been heard: what npm started may outlive it.
    child.once('close', () => (said.over = true));
    this.#child = child;
    this.#said = said;
  }

  async start(command?: string[]): Promise<void> {
    await this.begin(command);
    await this.waitFor('The shop is open');
  }

  async waitFor(text: string, ms = START_MS): Promise<void> {
    await until(() => this.output.includes(text) || this.#said.over, ms, () => `"${text}" was not said:\n${this.output}`);
    if (!this.output.includes(text)) throw new Error(`it ended and had not said "${text}":\n${this.output}`);
  }

  /** One command of `emall` in this home. */
  run(...args: string[]): { status: number | null; output: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], { cwd: ROOT, env: this.environment(), encoding: 'utf8', timeout: STOP_MS });
    return { status, output: `${stdout}${stderr}` };
  }

  /** The same, while we go on serving what it may ask us for. */
  async runBeside(...args: string[]): Promise<string> {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [CLI, ...args], { cwd: ROOT, env: this.environment(), timeout: STOP_MS });
    return `${stdout}${stderr}`;
  }

  /** The same, for one that goes on until it is told to stop. */
  spawn(...args: string[]): ChildProcess {
    return spawn(process.execPath, [CLI, ...args], { cwd: ROOT, env: this.environment(), stdio: 'ignore' });
  }

  environment(): NodeJS.ProcessEnv {
    const { DATABASE_URL: _1, REDIS_URL: _2, STRIPE_SECRET_KEY: _3, STRIPE_WEBHOOK_SECRET: _4, EMALL_PUBLIC_URL: _5, SMTP_URL: _6, MAIL_FROM: _7, ...env } = process.env;
    return { ...env, ...this.#settings, EMALL_HOME: this.home, EMALL_PORT: String(this.port) };
  }

  /** Asks what `byCli` started to end, and lets us serve it meanwhile: its servers may be ours. */
  async stop(): Promise<void> {
    this.#child?.kill('SIGTERM');
    await this.#exit;
  }

  exitCode(): Promise<number> {
    return this.#exit;
  }

  /** Waits until nothing of `started` is left: no process, no listener at the door, no topology. */
  async waitUntilGone(started: Topology): Promise<void> {
    await this.waitFor('Everything is stopped.', STOP_MS);
    const all: ProcessId[] = [started.supervisor, ...started.processes];
    await until(() => !all.some(isAlive), STOP_MS, () => `still running: ${started.processes.filter(isAlive).map(({ name }) => name).join(', ')}\n${this.output}`);
    await until(() => isFree(this.port), 10_000, () => `something still listens on ${this.port}`);
    if (existsSync(join(this.home, 'topology.json'))) throw new Error('topology.json was left behind');
  }

  /** Whatever state a test has left it in. */
  dispose(): void {
    this.run('down');
    forgetShop(this.home);
    rmSync(this.home, { recursive: true, force: true });
    rmSync(join('/var/lib/emall', this.#name), { recursive: true, force: true });
  }
}

export async function until(done: () => boolean | Promise<boolean>, ms: number, complaint: () => string): Promise<void> {
  const end = performance.now() + ms;
  while (!(await done())) {
    if (performance.now() > end) throw new Error(complaint());
    await sleep(50);
  }
}
