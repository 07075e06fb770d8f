import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { budget, databaseServices } from '../../infra/postgres/budget.ts';
import { runnerOf } from '../../infra/postgres/roles.ts';
import { withAdmin } from '../../infra/local/src/postgres/admin.ts';
import { adminUrl } from '../../infra/local/src/postgres/start.ts';
import { replicas } from '../../infra/local/src/processes.ts';
import { openSecrets } from '../../infra/local/src/secrets.ts';
import { childrenOf, isAlive } from '../../infra/local/src/system/processes.ts';
import { TestShop, underNohup, underStrictUmask, until } from './shop.ts';

jest.setTimeout(480_000);

const shop = new TestShop();
const neighbour = new TestShop();

beforeAll(async () => {
  chmodSync(shop.home, 0o755);
  await shop.start();
  neighbour.takeBuildOf(shop);
});

afterAll(() => {
  shop.dispose();
  neighbour.dispose();
});

const statusOf = async (url: string) => (await fetch(url)).status;
/** In the order in which they were told to stop. */
const stopped = (output: string) => [...output.matchAll(/^Stopping ([a-z].*)$/gm)].map(([, names]) => names);
const DRAIN = ['nginx', 'gateway', 'storefront', 'catalog, cart, order', 'sandbox', 'redis', 'postgres'];

describe('npm start', () => {
  it('opens a shop that answers', async () => {
    expect(await statusOf(`${shop.url}/healthz`)).toBe(200);
    expect(await statusOf(`${shop.url}/api/cart`)).toBe(200);
    const { items } = (await (await fetch(`${shop.url}/api/catalog/products`)).json()) as { items: unknown[] };
    expect(items.length).toBeGreaterThan(0);
  });

  it('says in topology.json what runs, without a secret', () => {
    const topology = shop.topology();
    const secrets = openSecrets(join(shop.home, 'secrets.json'), []);
    const count = (service: string) => topology.processes.filter((process) => process.service === service).length;
    expect(Object.fromEntries(Object.keys(replicas).map((service) => [service, count(service)]))).toEqual(replicas);
    expect(topology).toMatchObject({ baseUrl: shop.url, database: { host: '127.0.0.1', name: 'emall' }, redis: { host: '127.0.0.1' }, sandbox: { url: expect.stringContaining('http://localhost:') } });
    expect(shop.process('order-2')).toMatchObject({ service: 'order', replica: 2, state: 'ready', log: join(shop.home, 'logs/order-2.log'), version: expect.stringMatching(/^\d+\.\d+\.\d+\+[0-9a-f]{8}$/) });
    expect(JSON.stringify(topology)).not.toContain(secrets.postgres);
    expect(statSync(join(shop.home, 'secrets.json')).mode & 0o777).toBe(0o600);
  });

  it('gives each running role the connections of its share and no more', async () => {
    const { postgres } = openSecrets(join(shop.home, 'secrets.json'), []);
    const { rows } = await withAdmin(adminUrl(shop.topology().database.port, postgres), (client) =>
      client.query<{ rolname: string; rolconnlimit: number }>("select rolname, rolconnlimit from pg_roles where rolname like '%\\_run'"));
    const limits = Object.fromEntries(rows.map(({ rolname, rolconnlimit }) => [rolname, rolconnlimit]));
    expect(limits).toEqual(Object.fromEntries(databaseServices.map((service) => [runnerOf(service), budget.services[service].replicas + budget.services[service].jobs])));
  });

  it('is told that the shop runs when it is given twice', () => {
    expect(shop.run('up')).toMatchObject({ status: 0, output: expect.stringContaining(`runs already: ${shop.url}`) });
    expect(shop.run('status')).toMatchObject({ status: 0, output: expect.stringContaining('order-2') });
  });

  it('lists what is left to do, and tries nothing again that is not a dead letter', () => {
    expect(shop.run('jobs')).toEqual({ status: 0, output: expect.stringMatching(/^Nothing is left to do\.\n$/) });
    expect(shop.run('jobs', 'retry', '999999')).toMatchObject({ status: 1, output: expect.stringContaining('No dead letter has the id 999999.') });
  });

  it('names who has the port, and leaves nothing, when the port is taken', () => {
    neighbour.port = shop.port;
    const { status, output } = neighbour.run('up');
    neighbour.port = 0;
    expect(status).toBe(1);
    expect(output).toMatch(new RegExp(`Port ${shop.port} is taken( by .*nginx)?`));
    expect(output).toContain(`EMALL_HOME='${neighbour.home}' EMALL_PORT=`);
    expect(neighbour.run('status').output).toContain('No shop runs');
  });

  it('starts a killed replica again and says so, while shoppers are served', async () => {
    const killed = shop.process('cart-1');
    process.kill(killed.pid, 'SIGKILL');
    const answers = await Promise.all(Array.from({ length: 20 }, () => statusOf(`${shop.url}/api/cart`)));
    expect(answers.filter((status) => status !== 200)).toEqual([]);
    await shop.waitFor('cart-1 ended (SIGKILL)');
    await shop.waitFor('cart-1 is back');
    expect(shop.process('cart-1')).toMatchObject({ port: killed.port, restarts: 1, state: 'ready' });
  });

  it('starts nginx again although the workers of a killed one had its port, and leaves nothing of that', async () => {
    const killed = shop.process('nginx');
    const children = childrenOf(killed);
    // Two workers, and the manager of the cache.
    expect(children.length).toBeGreaterThanOrEqual(3);
    process.kill(killed.pid, 'SIGKILL');
    await shop.waitFor('nginx is back');
    expect(children.filter(isAlive)).toEqual([]);
    await until(async () => (await statusOf(`${shop.url}/healthz`)) === 200, 30_000, () => 'the door stays shut');
  });
});

describe('emall dev', () => {
  it('serves a service from its sources until it is stopped, and gives the replicas back', async () => {
    const state = () => ['cart-1', 'cart-2'].map((name) => `${shop.process(name).version.replace(/^\d.*/, 'bundle')} ${shop.process(name).state}`).join(', ');
    const dev = shop.spawn('dev', 'cart');
    await until(() => state() === 'dev ready, bundle stopped', 100_000, state);
    expect(await statusOf(`${shop.url}/api/cart`)).toBe(200);
    dev.kill('SIGINT');
    await until(() => state() === 'bundle ready, bundle ready', 100_000, state);
    expect(await statusOf(`${shop.url}/api/cart`)).toBe(200);
  });

  it('says what there is when the service is unknown', () => {
    expect(shop.run('dev', 'nothing')).toMatchObject({ status: 1, output: expect.stringContaining('storefront') });
  });
});

describe('emall import', () => {
  it('ends with its whole work when the keyboard asks it to', async () => {
    const { postgres } = openSecrets(join(shop.home, 'secrets.json'), []);
    const connected = () => withAdmin(adminUrl(shop.topology().database.port, postgres), async (client) =>
      (await client.query("select from pg_stat_activity where application_name = 'emall/job'")).rowCount);
    const file = join(shop.home, 'many.csv');
    writeFileSync(file, `sku,name,price\n${Array.from({ length: 200_000 }, (_, i) => `MANY-${i},Thing ${i},1.99\n`).join('')}`);
    const job = shop.spawn('import', file);
    await until(async () => (await connected()) === 1, 60_000, () => 'it does not begin');
    job.kill('SIGINT');
    await until(async () => (await connected()) === 0, 10_000, () => 'it goes on');
  });
});

describe('two shops', () => {
  it('run side by side and share nothing', async () => {
    await neighbour.start(underStrictUmask);
    const [mine, theirs] = [shop.topology(), neighbour.topology()];
    const ports = [mine, theirs].flatMap(({ processes }) => processes.flatMap(({ port, adminPort }) => (adminPort === undefined ? [port] : [port, adminPort])));
    expect(new Set(ports).size).toBe(ports.length);
    expect(mine.database.dataDirectory).toBe(join(shop.home, 'postgres/data'));
    // Root's Postgres runs as nobody, who cannot reach a home of mode 0700.
    const away = process.getuid?.() === 0 ? '/var/lib/emall/' : neighbour.home;
    expect(theirs.database.dataDirectory?.startsWith(away)).toBe(true);
    expect(await statusOf(`${shop.url}/api/cart`)).toBe(200);
    expect(await statusOf(`${neighbour.url}/api/cart`)).toBe(200);
  });

  it('stop one without the other: `emall down` asks the supervisor with TERM', async () => {
    const started = neighbour.topology();
    expect(neighbour.run('down')).toMatchObject({ status: 0, output: 'The shop is stopped.\n' });
    await neighbour.waitUntilGone(started);
    expect(stopped(neighbour.output)).toEqual(DRAIN);
    expect(await statusOf(`${shop.url}/api/cart`)).toBe(200);
  });
});

describe('a signal to npm', () => {
  it('INT from the keyboard reaches every process of the terminal and drains once, in order', async () => {
    const started = shop.topology();
    process.kill(-shop.pid, 'SIGINT');
    await shop.waitUntilGone(started);
    expect(stopped(shop.output)).toEqual(DRAIN);
    expect(shop.output).not.toContain('Hurrying');
    expect(await shop.exitCode()).toBe(0);
  });

  it.each(['SIGTERM', 'SIGHUP'] as const)('%s stops everything in order', async (signal) => {
    await shop.start();
    const started = shop.topology();
    process.kill(shop.pid, signal);
    await shop.waitUntilGone(started);
    expect(stopped(shop.output)).toEqual(DRAIN);
  });

  it('INT while it is starting leaves nothing', async () => {
    await shop.begin();
    await shop.waitFor('Starting the services');
    const started = shop.topology();
    process.kill(-shop.pid, 'SIGINT');
    await shop.waitUntilGone(started);
    expect(await shop.exitCode()).toBe(130);
  });
});

describe('a signal to the supervisor', () => {
  it('is what ends a shop under nohup: a closed terminal does not, HUP to the supervisor does', async () => {
    await shop.start(underNohup);
    const started = shop.topology();
    process.kill(-shop.pid, 'SIGHUP');
    await shop.exitCode();
    expect(await statusOf(`${shop.url}/api/cart`)).toBe(200);
    expect(isAlive(started.supervisor)).toBe(true);
    process.kill(started.supervisor.pid, 'SIGHUP');
    await shop.waitUntilGone(started);
  });

  it('KILL leaves the shop open, and the next start takes over from it; INT stops that one in order', async () => {
    await shop.start();
    const orphaned = shop.topology();
    process.kill(orphaned.supervisor.pid, 'SIGKILL');
    await shop.exitCode();
    expect(await statusOf(`${shop.url}/api/cart`)).toBe(200);
    expect(shop.run('status').output).toContain('The supervisor has gone');

    await shop.start();
    expect(shop.output).toContain('Stopped what an earlier run had left: postgres');
    expect(orphaned.processes.filter(isAlive)).toEqual([]);
    const started = shop.topology();
    process.kill(started.supervisor.pid, 'SIGINT');
    await shop.waitUntilGone(started);
    expect(stopped(shop.output)).toEqual(DRAIN);
  });
});
