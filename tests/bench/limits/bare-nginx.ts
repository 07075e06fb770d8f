import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Home } from '../../../infra/local/src/home.ts';
import { freePorts } from '../../../infra/local/src/system/ports.ts';
import { requireProgram } from '../../../infra/local/src/system/packages.ts';
import { pinned } from '../cores.ts';
import type { Watched } from '../cpu/meter.ts';
import type { Answer } from '../load/once.ts';
import { Wire } from '../load/wire.ts';

/** Headers that nginx makes itself, of the file or of the connection. */
const OF_NGINX = new Set(['server', 'date', 'content-length', 'content-type', 'content-encoding', 'transfer-encoding', 'connection', 'keep-alive', 'etag', 'last-modified', 'vary']);

export interface BareNginxPlan {
  /** What the file holds: the same bytes with the same headers. */
  answer: Answer;
  /** A port of this machine. */
  upstream: number | undefined;
}

/** Where a file is sent, and where all is passed on. */
export const FILE = '/bench-file';
export const PROXIED = '/bench-proxied';

/**
 * An nginx with the shop's own settings, in which one more location stands in the very server block that shoppers meet: what it
 * answers there is the least that this nginx can do with the same log, the same limits and the same headers.
 */
export class BareNginx {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(port: number, child: ChildProcess, folder: string) {
    this.port = port;
    this.#child = child;
    this.#folder = folder;
  }

  static async start(home: Home, core: number | undefined, plan: BareNginxPlan): Promise<BareNginx> {
    const folder = mkdtempSync(join(tmpdir(), 'emall-bench-nginx-'));
    cpSync(home.nginx, join(folder, 'nginx'), { recursive: true, filter: (file) => !/\/(cache|tmp)(\/|$)|\.pid$/.test(file.slice(home.nginx.length)) });
    for (const made of ['nginx/tmp', 'nginx/cache', 'logs', 'files']) mkdirSync(join(folder, made), { recursive: true });
    writeFileSync(join(folder, 'files', FILE), plan.answer.text);
    writeFileSync(join(folder, 'files', `${FILE}.gz`), plan.answer.body);
    const port = await moveListeners(join(folder, 'nginx'));
    const edge = join(folder, 'nginx/edge.conf');
    writeFileSync(edge, `${upstreamOf(plan)}${readFileSync(edge, 'utf8').replace(/^ {2}server_name _;$/m, (line) => `${line}\n${locationsOf(plan, folder)}`)}`);
    const main = join(folder, 'nginx/nginx.conf');
    writeFileSync(main, readFileSync(main, 'utf8').replace(/^user .*$/m, process.getuid?.() === 0 ? 'user root;' : ''));
    const [file = '', ...args] = pinned(core, [requireProgram('nginx'), '-p', `${folder}/nginx/`, '-c', main]);
    const child = spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    await listening(port, child);
    return new BareNginx(port, child, folder);
  }

  get watched(): Watched {
    return { name: 'nginx', pid: this.#child.pid ?? 0 };
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    await ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Every listener to a free port of its own; that of the edge is given back. */
async function moveListeners(folder: string): Promise<number> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.conf')).map((name) => join(folder, name));
  const texts = files.map((file) => readFileSync(file, 'utf8'));
  const used = [...new Set(texts.flatMap((text) => [...text.matchAll(LISTEN)].map(([, port = '']) => port)))];
  const free = await freePorts(used.length, folder);
  const moved = new Map(used.map((port, i) => [port, free[i] ?? 0]));
  for (const [i, file] of files.entries()) writeFileSync(file, (texts[i] ?? '').replaceAll(LISTEN, (_, port: string) => `listen 127.0.0.1:${moved.get(port)}`));
  const [, edge = ''] = /listen 127\.0\.0\.1:(\d+)/.exec(readFileSync(join(folder, 'edge.conf'), 'utf8')) ?? [];
  return Number(edge);
}

const LISTEN = /listen 127\.0\.0\.1:(\d+)/g;

function upstreamOf({ upstream }: BareNginxPlan): string {
  return upstream === undefined ? '' : `upstream bare { server 127.0.0.1:${upstream}; keepalive 64; }\n`;
}

function locationsOf({ answer, upstream }: BareNginxPlan, folder: string): string {
  const lines = answer.head.split('\r\n').slice(1).map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as const);
  const headers = lines.filter(([name]) => !OF_NGINX.has(name.toLowerCase())).map(([name, value]) => `    add_header ${name} ${quoted(value)};`);
  const type = lines.find(([name]) => name.toLowerCase() === 'content-type')?.[1].split(';')[0] ?? 'application/octet-stream';
  return `
  location = ${FILE} {
    root ${quoted(join(folder, 'files'))};
    default_type ${type};
    gzip_static on;
    gzip_vary on;
    open_file_cache max=4000 inactive=60s;
    open_file_cache_valid 10s;
${headers.join('\n')}
  }
  ${upstream === undefined ? '' : `location = ${PROXIED} { proxy_pass http://bare; }`}`;
}

/** A dollar sign would be a variable. */
function quoted(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('$', '')}'`;
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  for (let i = 0; i < 200; i += 1) {
    if (child.exitCode !== null) throw new Error(`the bare nginx ended with ${child.exitCode}`);
    const wire = new Wire({ host: '127.0.0.1', port });
    const answered = await wire.send(`GET ${FILE} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`).then(() => true, () => false);
    wire.close();
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('the bare nginx does not answer');
}
