import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool, createService, poolSize, silentLog } from '@emall/runtime';
import { PATIENCE_MS } from '@emall/runtime/testing';
import fc from 'fast-check';
import type pg from 'pg';
import { budget, databaseServices, mostReplicas } from '../../infra/postgres/budget.ts';
import { roleNames, runnerOf } from '../../infra/postgres/roles.ts';
import { openHome } from '../../infra/local/src/home.ts';
import { ensureRoles, withAdmin, withRole } from '../../infra/local/src/postgres/admin.ts';
import { type StartedPostgres, startPostgres } from '../../infra/local/src/postgres/start.ts';
import { openSecrets } from '../../infra/local/src/secrets.ts';
import { TestShop, until } from './shop.ts';

/** The pools of the replicas that run at each moment of a change, as a shop makes it: those that go first, the others one by one, new ones last. */
function* change(from: number, to: number, pool: (replicas: number) => number): Generator<number[]> {
  const running = Array.from({ length: Math.min(from, to) }, () => pool(from));
  for (let index = 0; index < running.length; index += 1) {
    running.push(pool(to));
    yield [...running];
    running[index] = running.pop() ?? 0;
  }
  while (running.length < to) {
    running.push(pool(to));
    yield [...running];
  }
}

describe('the pools of a service', () => {
  it('stay within its share at every moment of a change from any scale to any other, a deploy among them', () => {
    const [share, replicas] = [fc.integer({ min: 2, max: 400 }), fc.integer({ min: 1, max: 40 })];
    fc.assert(fc.property(share, replicas, replicas, fc.constantFrom(1, 0.5), (connections, from, to, part) => {
      fc.pre(Math.floor((connections * part) / (Math.max(from, to) + 1)) >= 1);
      const pool = (count: number) => poolSize({ connections, replicas: count, part });
      for (const moment of change(from, to, pool)) expect(moment.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(connections * part);
    }));
  });

  it.each(databaseServices)('of %s are never smaller than what a replica can work with', (service) => {
    const { replicas: connections, least } = budget.services[service];
    for (let count = 1; count <= mostReplicas(service); count += 1) expect(poolSize({ connections, replicas: count })).toBeGreaterThanOrEqual(least);
  });
});

describe('a server whose every pool is full', () => {
  const shop = new TestShop();
  const home = openHome(shop.home);
  const secrets = openSecrets(home.secrets, roleNames);
  const held: pg.PoolClient[] = [];
  const pools: pg.Pool[] = [];
  let server: StartedPostgres;

  beforeAll(async () => {
    server = await startPostgres({ home, password: secrets.postgres });
    await ensureRoles(server.url, secrets.roles);
  });
  afterAll(async () => {
    held.forEach((client) => client.release());
    await Promise.all(pools.map((pool) => pool.end()));
    await server?.stop();
    shop.dispose();
  });

  const urlOf = (role: string) => withRole(server.url, role, secrets.roles[role] ?? '');

  it('has refused nobody at the largest scale of every service in the middle of a deploy, and has connections left', async () => {
    for (const service of databaseServices) {
      const replicas = mostReplicas(service);
      const max = poolSize({ connections: budget.services[service].replicas, replicas });
      for (let replica = 1; replica <= replicas + 1; replica += 1) pools.push(createPool({ url: urlOf(runnerOf(service)), name: `${service}-${replica}`, max, acquireTimeoutMs: PATIENCE_MS, log: silentLog }));
    }
    for (const pool of pools) held.push(...(await Promise.all(Array.from({ length: pool.options.max }, () => pool.connect()))));
    expect(pools.map(({ totalCount, options }) => totalCount - options.max)).toEqual(pools.map(() => 0));
    // Owners and jobs have theirs besides, and so have administrators.
    const { rows: [free] } = await withAdmin(server.url, (client) => client.query<{ n: number }>(
      "select current_setting('max_connections')::int - count(*)::int as n from pg_stat_activity where backend_type = 'client backend'"));
    const beside = databaseServices.reduce((sum, service) => sum + budget.services[service].jobs + budget.owner, 0);
    expect(free?.n).toBeGreaterThanOrEqual(beside + budget.reserve - 1);
  }, 90_000);

  it('answers 503 with Retry-After where nobody may wait for long', async () => {
    // The connections that jobs of cart may have are free at the largest scale.
    const pool = createPool({ url: urlOf(runnerOf('cart')), name: 'full', max: budget.services.cart.jobs, log: silentLog });
    pools.push(pool);
    const app = await createService({ name: 'full', version: '0' });
    app.get('/', () => pool.query('select 1').then(({ rows }) => rows));
    // Opening one may take longer than a shopper may wait.
    await until(() => pool.connect().then((client) => held.push(client) > 0 && pool.totalCount - pool.idleCount === pool.options.max, () => false), PATIENCE_MS, () => 'the pool does not fill');
    const answer = await app.inject('/');
    expect(answer.statusCode).toBe(503);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(pool.options.connectionTimeoutMillis).toBeLessThan(500);
    await app.close();
  });
});
