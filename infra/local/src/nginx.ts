import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Protections } from '@emall/runtime';
import { writeFileAtomically } from './files.ts';
import { type Home, ROOT } from './home.ts';
import { requireProgram, versionOf } from './system/packages.ts';
import type { Command } from './system/spawn.ts';
import { canReach, unprivilegedUser } from './system/unprivileged.ts';

/** Two failures within this time take a replica out for as long. */
const FAIL_TIMEOUT_S = 5;

/** How long nginx may leave out a replica that failed it. It counts whole seconds, so one more may pass. */
export const LEFT_OUT_MS = (FAIL_TIMEOUT_S + 1) * 1000;

/** What the templates in `nginx/` are filled with. */
export interface NginxPlan {
  edgePort: number;
  /** The one origin under which the shop is opened. */
  publicUrl: string;
  gateways: number[];
  /** Each service behind an internal listener, with the ports of its replicas. */
  internal: { service: string; port: number; replicas: number[] }[];
  protections: Protections;
}

/**
 * How long an internal listener waits for one replica before it asks the next one. Each is below what the listener in
 * front of it allows, so that a frozen replica is replaced before the one who asked gives up.
 */
const READ_TIMEOUTS: Record<string, { usual: string; order: string }> = {
  storefront: { usual: '1800ms', order: '5500ms' },
  catalog: { usual: '1500ms', order: '1500ms' },
  cart: { usual: '1500ms', order: '1500ms' },
  // Whoever order waits for, a shopper hears of it after 1.6 s: what takes longer than this is a frozen replica.
  order: { usual: '1800ms', order: '1800ms' },
};

/** What one address may ask of the edge, whatever answers it: a hundred people who look at a page a second, and what comes with it. */
const REQUEST_LIMIT = 'limit_req zone=asked burst=2000 nodelay;';

export function edgeCommand(home: Home): Command {
  return { file: requireProgram('nginx'), args: ['-p', `${home.nginx}/`, '-c', join(home.nginx, 'nginx.conf')], cwd: '/', env: { PATH: process.env['PATH'] ?? '' } };
}

export function nginxVersion(): string {
  return versionOf(requireProgram('nginx'), '-v');
}

/** Writes the configuration; nginx reads it when it starts and again on HUP. */
export function writeNginx(home: Home, plan: NginxPlan): void {
  for (const folder of ['tmp', 'cache']) mkdirSync(join(home.nginx, folder), { recursive: true });
  cpSync(join(ROOT, 'nginx/snippets'), join(home.nginx, 'snippets'), { recursive: true });
  // Relative to nginx's own folder: in its language a blank or a quotation mark in the path of a home would mean something.
  const staticFiles = relative(home.nginx, home.static);
  const internal = plan.internal.map(({ service, port }) => render('internal.conf.template', {
    static: staticFiles,
    service,
    port,
    readTimeout: READ_TIMEOUTS[service]?.usual ?? '2s',
    orderReadTimeout: READ_TIMEOUTS[service]?.order ?? '5s',
    face: service === 'storefront' ? 'page' : 'json',
  })).join('\n');
  const { publicUrl, protections } = plan;
  // Shared with the pages, whose refreshes pass it by the name that they ask for.
  const refreshPort = plan.internal[0]?.port ?? 0;
  const cached = protections.has('edge-cache');
  writeUpstreams(home, plan);
  const files = {
    'internal.conf': internal,
    'cache.conf': cached ? render('cache.conf.template', { port: refreshPort }) : '',
    'cached.conf': cached ? render('cached.conf.template', {}) : '',
    'elsewhere.conf': render('elsewhere.conf.template', { publicUrl, publicHost: new URL(publicUrl).hostname }),
    'edge.conf': render('edge.conf.template', { static: staticFiles, port: plan.edgePort, requestLimit: protections.has('rate-limits') ? REQUEST_LIMIT : '' }),
    'nginx.conf': render('nginx.conf.template', { accessLog: relative(home.nginx, join(home.logs, 'access.log')), user: workerUser(home) }),
  };
  const finished = protections.has('deadlines') ? (content: string) => content : withoutDeadlines;
  for (const [name, content] of Object.entries(files)) writeFileAtomically(join(home.nginx, name), finished(content));
}

/** Who is asked for each service, and nothing else: the rest of a shop that runs stays as it began, whatever lies in the tree by now. */
export function writeUpstreams(home: Home, { gateways, internal }: NginxPlan): void {
  const upstreams = [upstream('gateway', gateways), ...internal.map(({ service, replicas }) => upstream(service, replicas))];
  writeFileAtomically(join(home.nginx, 'upstreams.conf'), upstreams.join('\n'));
}

/** Before a start: what another version of the shop answered is not shown as this one's, nor pages of files that are gone. */
export function forgetPages(home: Home): void {
  rmSync(join(home.nginx, 'cache'), { recursive: true, force: true });
}

/** The patience of 2023: what nginx waits for when nobody tells it otherwise. */
function withoutDeadlines(content: string): string {
  return content
    .replaceAll(/(proxy_(?:read|next_upstream)_timeout) [^;]+;/g, '$1 60s;')
    .replaceAll(/proxy_connect_timeout [^;]+;/g, 'proxy_connect_timeout 5s;');
}

function upstream(name: string, ports: number[]): string {
  const lines = (parameters: string) => ports.map((port) => `  server 127.0.0.1:${port} ${parameters};\n`).join('');
  return render('upstream.conf.template', {
    name,
    servers: lines(`max_fails=2 fail_timeout=${FAIL_TIMEOUT_S}s`).trimEnd(),
    // When all have failed it is not the replicas: one page that cannot be drawn must not take a whole service out.
    lastResort: ports.length > 1 ? lines('max_fails=0 backup') : '',
  });
}

/** Workers give up root where they can still read the static files and open their log anew without it. */
function workerUser(home: Home): string {
  const user = unprivilegedUser();
  if (user === undefined) return '';
  return [home.static, home.logs].every((folder) => canReach(user, folder)) ? `user ${user.name} ${user.group};` : 'user root;';
}

/** As they were when this process first read them. */
const templates = new Map<string, string>();

function render(template: string, values: Record<string, string | number>): string {
  const text = templates.get(template) ?? readFileSync(join(ROOT, 'nginx', template), 'utf8');
  templates.set(template, text);
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`nginx/${template} asks for {{${name}}}, which is not given`);
    return String(value);
  });
}
