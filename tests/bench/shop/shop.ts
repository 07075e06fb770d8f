import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { readJson } from '../../../infra/local/src/files.ts';
import { type Home, openHome, ROOT } from '../../../infra/local/src/home.ts';
import { withRole } from '../../../infra/local/src/postgres/admin.ts';
import { adminUrl } from '../../../infra/local/src/postgres/start.ts';
import type { Secrets } from '../../../infra/local/src/secrets.ts';
import { freePort, retry } from '../../../infra/local/src/system/ports.ts';
import { readTopology, type Topology } from '../../../infra/local/src/topology.ts';
import { pinned } from '../cores.ts';
import type { Watched } from '../cpu/meter.ts';
import type { Address } from '../load/wire.ts';

const CLI = join(ROOT, 'infra/local/src/cli.ts');
const OPEN = 'The shop is open';

/** A shop of the bench's own. Its home is kept, so that the catalogue need not be made again. */
export class BenchShop {
  readonly #home: Home;
  readonly #core: number | undefined;
  #child: ChildProcess | undefined;
  #port = 0;
  #database: pg.Client | undefined;

  constructor(path: string, core: number | undefined) {
    this.#home = openHome(path);
    this.#core = core;
  }

  /** @param without protections to leave out, as EMALL_WITHOUT names them */
  async start(without: string): Promise<void> {
    // Its port may be taken by somebody else while the rest starts.
    await retry(async () => {
      this.#port = await freePort(`${this.#home.path}/bench`);
      await this.#open(without);
    });
    this.#database = await this.#connect();
  }

  async #open(without: string): Promise<void> {
    const [file = '', ...args] = pinned(this.#core, [process.execPath, CLI, 'up']);
    const child = spawn(file, args, { cwd: ROOT, env: this.#environment(without), stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    const log = createWriteStream(join(this.#home.logs, 'bench.log'));
    let said = '';
    await new Promise<void>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.pipe(log);
        stream.on('data', (chunk: Buffer) => {
          said = `${said}${chunk.toString()}`.slice(-10_000);
          if (said.includes(OPEN)) resolve();
        });
      }
      child.once('exit', (code) => reject(new Error(`the shop ended with ${code} and did not open:\n${said}`)));
    });
  }

  async stop(): Promise<void> {
    await this.#database?.end().catch(() => {});
    this.#database = undefined;
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }

  /** A command of `emall` on this shop. */
  async run(...args: string[]): Promise<void> {
    const [file = '', ...rest] = pinned(this.#core, [process.execPath, CLI, ...args]);
    const child = spawn(file, rest, { cwd: ROOT, env: this.#environment(''), stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-2000)));
    const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
    if (code !== 0) throw new Error(`emall ${args.join(' ')} ended with ${String(code)}:\n${said}`);
  }

  topology(): Topology {
    const topology = readTopology(this.#home);
    if (!topology) throw new Error(`no shop runs in ${this.#home.path}`);
    return topology;
  }

  get home(): Home {
    return this.#home;
  }

  get door(): Address {
    return { host: '127.0.0.1', port: this.#port };
  }

  /** An administrator's connection. */
  get database(): pg.Client {
    if (!this.#database) throw new Error('the shop is not open');
    return this.#database;
  }

  /** All that makes up the shop: what serves, what stores, and the provider beside it. */
  watched(): Watched[] {
    return this.topology().processes.map(({ name, pid }) => ({ name, pid }));
  }

  /** An administrator's address, password included. */
  get adminUrl(): string {
    const { database } = this.topology();
    return adminUrl(database.port, this.#secrets().postgres, database.name);
  }

  /** The address of a service's role. */
  roleUrl(role: string): string {
    return withRole(this.adminUrl, role, this.#secrets().roles[role] ?? '');
  }

  #secrets(): Secrets {
    return readJson<Secrets>(this.#home.secrets) as Secrets;
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: this.adminUrl, application_name: 'bench' });
    await client.connect();
    return client;
  }

  #environment(without: string): NodeJS.ProcessEnv {
    const { DATABASE_URL: _1, REDIS_URL: _2, STRIPE_SECRET_KEY: _3, STRIPE_WEBHOOK_SECRET: _4, EMALL_PUBLIC_URL: _5, SMTP_URL: _6, MAIL_FROM: _7, ...env } = process.env;
    return { ...env, EMALL_HOME: this.#home.path, EMALL_PORT: String(this.#port), EMALL_WITHOUT: without };
  }
}
