import { execFile, spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { budget } from '../../infra/postgres/budget.ts';
import { runnerOf } from '../../infra/postgres/roles.ts';
import { withAdmin } from '../../infra/local/src/postgres/admin.ts';
import { adminUrl } from '../../infra/local/src/postgres/start.ts';
import { mostOf, type Service } from '../../infra/local/src/processes.ts';
import { openSecrets } from '../../infra/local/src/secrets.ts';
import { Copy } from '../faults/guards/copy.ts';
import { Random } from '../faults/random.ts';
import { findCapacity } from '../surge/capacity.ts';
import { drive } from '../surge/crowd.ts';
import { readCatalogue } from '../surge/people/catalogue.ts';
import { Taste } from '../surge/people/taste.ts';
import { summarise, type Summary } from '../surge/record/summary.ts';
import { TestShop, until } from './shop.ts';
import { SteadyShoppers } from './steady-shoppers.ts';

jest.setTimeout(480_000);

const SKU = 'T-PLENTY';
const shop = new TestShop();
/** A clone to commit to, from which the shop is run. */
const copy = new Copy();
const cli = join(copy.path, 'infra/local/src/cli.ts');

beforeAll(async () => {
  git('init', '--quiet');
  commit('what is here');
  await shop.start([process.execPath, cli, 'up']);
  const file = join(shop.home, 'plenty.csv');
  writeFileSync(file, `sku,name,price,stock\n${SKU},Jar that never runs out,5.00,1000000\n`);
  const { output } = await emall('import', file);
  if (!output.includes('imported 1')) throw new Error(output);
});
afterAll(() => {
  shop.dispose();
  copy.remove();
});

function git(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('git', ['-C', copy.path, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', '-c', 'commit.gpgsign=false', '-c', 'core.hooksPath=/dev/null', ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout.trim();
}

function commit(what: string): string {
  git('add', '--all');
  git('commit', '--quiet', '--allow-empty', '--message', what);
  return git('rev-parse', 'HEAD');
}

/** A commit beside the others, in which a file reads otherwise. */
function version(file: string, change: (text: string) => string): string {
  const path = join(copy.path, file);
  const before = readFileSync(path, 'utf8');
  const changed = change(before);
  if (changed === before) throw new Error(`${file} does not change`);
  writeFileSync(path, changed);
  const made = commit(`another ${file}`);
  git('reset', '--quiet', '--hard', 'HEAD~1');
  return made;
}

function emall(...args: string[]): Promise<{ status: number; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...args], { cwd: copy.path, env: shop.environment(), timeout: 240_000 }, (error, stdout, stderr) => resolve({ status: error === null ? 0 : Number(error.code ?? -1), output: `${stdout}${stderr}` }));
  });
}

/** Shoppers before, during and after: what they noticed is nothing. */
async function whileShopping(act: () => Promise<void>): Promise<void> {
  const shoppers = new SteadyShoppers(shop.url, SKU, 4);
  const bought = async () => {
    const before = shoppers.orders;
    await until(() => shoppers.orders >= before + 4 || shoppers.failures.length > 0, 60_000, () => 'nobody could buy');
  };
  try {
    await bought();
    await act();
    await bought();
  } finally {
    await shoppers.stop();
  }
  expect(shoppers.failures).toEqual([]);
}

/** How many deploys in a row are asked for; none unless told. */
const DEPLOYS = Number(process.env['EMALL_DEPLOYS'] ?? 0);
const DEPLOYED: readonly Service[] = ['catalog', 'cart', 'order', 'storefront', 'gateway'];
const SHARE = 0.7;

/** As many people as bring the shop to 70 % of what it can do, for as long as it takes. @returns its capacity in visits a second, and what became of them */
async function whileBusy(act: () => Promise<void>): Promise<{ capacity: number; summary: Summary; statuses: ReadonlyMap<string, number> }> {
  const { postgres } = openSecrets(join(shop.home, 'secrets.json'), []);
  const { database: { port, name } } = shop.topology();
  const taste = new Taste(await withAdmin(adminUrl(port, postgres, name), readCatalogue));
  const people = { origin: shop.url, taste, thinkMs: 800, transactionMs: 30_000 };
  const { rate: capacity } = await findCapacity({ ...people, random: new Random('capacity'), domain: 'capacity.example', signal: new AbortController().signal }, () => {});
  const over = new AbortController();
  const phases = [{ name: 'normal', seconds: DEPLOYS * 120, from: capacity * SHARE, to: capacity * SHARE }];
  const coming = drive({ ...people, random: new Random('deploys'), domain: 'deploys.example', bots: 0, phases, signal: over.signal });
  try {
    await act();
  } finally {
    over.abort();
  }
  const crowd = await coming;
  return { capacity, summary: summarise(crowd, phases), statuses: crowd.tally.statuses };
}

const running = (service: string) => shop.topology().processes.filter((process) => process.service === service && process.state === 'ready');
const versionsOf = (service: string) => running(service).map((process) => process.version);

describe('emall scale', () => {
  it('adds and removes replicas, and nobody shopping notices', async () => {
    await whileShopping(async () => {
      expect(await emall('scale', 'catalog=4', 'order=1', 'gateway=3', 'storefront=1')).toMatchObject({ status: 0 });
      expect(Object.fromEntries(['catalog', 'order', 'gateway', 'storefront', 'cart'].map((service) => [service, running(service).length]))).toEqual({ catalog: 4, order: 1, gateway: 3, storefront: 1, cart: 2 });
      expect(await emall('scale', 'catalog=1', 'order=3', 'gateway=2', 'storefront=2', 'cart=3')).toMatchObject({ status: 0 });
    });
    expect(Object.fromEntries(['catalog', 'order', 'gateway', 'storefront', 'cart'].map((service) => [service, running(service).length]))).toEqual({ catalog: 1, order: 3, gateway: 2, storefront: 2, cart: 3 });
    expect(await emall('status')).toMatchObject({ status: 0, output: expect.stringMatching(/cart-3 +ready/) });
    expect((await emall('logs', 'cart', '-n', '1')).output).toContain('cart-3');
  });

  it('keeps what may be open at once below what each role is allowed', async () => {
    const { postgres } = openSecrets(join(shop.home, 'secrets.json'), []);
    const { rows } = await withAdmin(adminUrl(shop.topology().database.port, postgres), (client) =>
      client.query<{ role: string; open: number }>("select usename as role, count(*)::int as open from pg_stat_activity where usename like '%\\_run' group by 1"));
    const most: Record<string, number> = Object.fromEntries(Object.entries(budget.services).map(([service, { replicas }]) => [runnerOf(service as keyof typeof budget.services), replicas]));
    for (const { role, open } of rows) expect(open).toBeLessThanOrEqual(most[role] ?? 0);
  });

  it('starts an added replica again when it dies', async () => {
    const killed = shop.process('cart-3');
    process.kill(killed.pid, 'SIGKILL');
    await until(() => shop.process('cart-3').pid !== killed.pid && shop.process('cart-3').state === 'ready', 60_000, () => 'cart-3 stays away');
    expect(shop.process('cart-3').restarts).toBe(1);
  });

  it.each([
    ['catalog=0', /one replica or more/],
    ['catalog=two', /is not <service>=<replicas>/],
    ['catalog', /is not <service>=<replicas>/],
    ['nothing=2', /There is no service "nothing"/],
    ['constructor=2', /There is no service "constructor"/],
    ...(['catalog', 'cart', 'order', 'gateway'] as Service[]).map((service): [string, RegExp] => [`${service}=${mostOf(service) + 1}`, new RegExp(`${mostOf(service)} is the most`)]),
  ])('refuses %s, and does nothing of what comes with it', async (argument, why) => {
    expect(await emall('scale', 'storefront=3', argument)).toMatchObject({ status: 1, output: expect.stringMatching(why) });
    expect(running('storefront')).toHaveLength(2);
  });

  it('lets only one change the shop at a time', async () => {
    const outcomes = await Promise.all([emall('scale', 'catalog=2'), emall('scale', 'storefront=3')]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual([0, 1]);
    expect(outcomes.find(({ status }) => status === 1)?.output).toMatch(/The shop is just being scaled to/);
    expect(await emall('scale', 'catalog=2', 'storefront=2', 'order=2', 'cart=2')).toMatchObject({ status: 0 });
  });
});

describe('emall deploy', () => {
  it('gives a service a commit as its version, old code works with its new schema, and nobody shopping notices (3.3 Rolling deploy)', async () => {
    writeFileSync(join(copy.path, 'services/cart/migrations/9001-notes.sql'), 'alter table cart_line add column note text;\n');
    commit('a line of a cart may hold a note');
    await whileShopping(async () => {
      expect(await emall('deploy', 'cart')).toEqual({ status: 0, output: expect.stringContaining('Applied cart/9001-notes') });
      for (const service of ['catalog', 'order', 'storefront', 'gateway']) expect(await emall('deploy', service)).toMatchObject({ status: 0 });
      // Back to code that is older than the schema.
      expect(await emall('deploy', 'cart', '--ref', 'HEAD~1')).toEqual({ status: 0, output: expect.stringContaining('cart has nothing to migrate') });
    });
    const [head, before] = ['HEAD', 'HEAD~1'].map((ref) => `+g${git('rev-parse', ref).slice(0, 8)}`);
    expect(versionsOf('cart')).toEqual([expect.stringContaining(before ?? ''), expect.stringContaining(before ?? '')]);
    expect(versionsOf('order')).toEqual([expect.stringContaining(head ?? ''), expect.stringContaining(head ?? '')]);
    expect(running('cart').map(({ name }) => name)).toEqual(['cart-1', 'cart-2']);
    expect((await emall('status')).output).toContain(head);
  });

  it('keeps the static files that pages of before name', async () => {
    const before = await namedBy(await fetch(shop.url));
    const red = version('services/storefront/assets/styles/tokens.css', (text) => `${text}\n.deployed { color: red }\n`);
    expect(await emall('deploy', 'storefront', '--ref', red)).toMatchObject({ status: 0 });
    let after = before;
    await until(async () => (after = await namedBy(await fetch(shop.url))) !== before, 60_000, () => 'the pages name the same style sheet');
    for (const file of [before, after]) expect((await fetch(`${shop.url}${file}`)).status).toBe(200);
  });

  it.each([
    ['ends at its start', 'services/cart/src/main.ts', (text: string) => `process.exit(7);\n${text}`, /cart-1 does not start: /],
    ['never becomes ready', 'services/cart/src/main.ts', (text: string) => text.replace('sql`select 1`.execute(db)', 'new Promise(() => {})'), /it was not ready within/],
    ['answers 500 to a look', 'services/cart/src/carts/routes.ts', (text: string) => text.replace('if (isNobody(request)) return sendCart', 'throw new Error("bad"); if (isNobody(request)) return sendCart'), /answers GET \/api\/cart with 500/],
  ])('goes back by itself when the version %s, and nobody shopping notices', async (_, file, change, why) => {
    const pids = running('cart').map(({ pid }) => pid);
    const bad = version(file, change);
    await whileShopping(async () => {
      const { status, output } = await emall('deploy', 'cart', '--ref', bad);
      expect({ status, output }).toEqual({ status: 1, output: expect.stringMatching(why) });
      expect(output).toMatch(/cart runs version \S+ as before/);
    });
    expect(running('cart').map(({ pid }) => pid)).toEqual(pids);
  });

  it('goes back by itself when a version fails in what only shoppers try', async () => {
    const pids = running('cart').map(({ pid }) => pid);
    const bad = version('services/cart/src/lines/routes.ts', (text) => text.replace('sendCart(reply, await add(', 'sendCart(reply, (() => { throw new Error("bad"); })() ?? await add('));
    const shoppers = new SteadyShoppers(shop.url, SKU, 4);
    const { status, output } = await emall('deploy', 'cart', '--ref', bad);
    expect({ status, output }).toEqual({ status: 1, output: expect.stringMatching(/failed \d+ of \d+ requests, the one before 0 of \d+\n/) });
    const noticed = [...shoppers.failures];
    const bought = shoppers.orders;
    await until(() => shoppers.orders > bought + 4, 60_000, () => 'nobody could buy any more');
    await shoppers.stop();
    // nginx asks another replica instead, where it may.
    expect(noticed.filter((what) => !/POST \/api\/cart\/lines: 500/.test(what))).toEqual([]);
    expect(shoppers.failures.length).toBe(noticed.length);
    expect(running('cart').map(({ pid }) => pid)).toEqual(pids);
  });

  it.each([
    ['cart', 'services/cart/src/carts/queries.ts', 'line.sku, line.quantity', 'line.no_such_column, line.quantity', /answers GET \/api\/cart with 5/],
    ['order', 'services/order/src/orders/queries.ts', ".select(['id', 'state', 'total', 'currency', 'placed_at'])", ".select(['id', 'state', 'total', 'currency', 'placed_at', 'no_such_column'])", /answers GET \/api\/orders with 5/],
  ])('goes back by itself when a version of %s asks its database for what is not there, although nobody shops', async (service, file, right, wrong, why) => {
    const pids = running(service).map(({ pid }) => pid);
    const bad = version(file, (text) => text.replace(right, wrong));
    const { status, output } = await emall('deploy', service, '--ref', bad);
    expect({ status, output }).toEqual({ status: 1, output: expect.stringMatching(why) });
    expect(running(service).map(({ pid }) => pid)).toEqual(pids);
  });

  it('goes back by itself when a version fails in what follows a sale, which nobody shopping waits for', async () => {
    const pids = running('order').map(({ pid }) => pid);
    const bad = version('services/order/src/jobs/finish-sale.ts', (text) => text.replace('const sale = await sales.find(', "if (orderId) throw new Error('bad');\n  const sale = await sales.find("));
    await whileShopping(async () => {
      const { status, output } = await emall('deploy', 'order', '--ref', bad);
      expect({ status, output }).toEqual({ status: 1, output: expect.stringMatching(/failed in every "finish-sale" it tried, \d+ times, the one before did \d+/) });
    });
    expect(running('order').map(({ pid }) => pid)).toEqual(pids);
  });

  it('refuses to change what is being developed, and has not migrated anything then', async () => {
    writeFileSync(join(copy.path, 'services/cart/migrations/9003-early.sql'), 'alter table cart_line add column early text;\n');
    const early = commit('a column for later');
    git('reset', '--quiet', '--hard', 'HEAD~1');
    const developer = spawn(process.execPath, [cli, 'dev', 'cart'], { cwd: copy.path, env: shop.environment(), stdio: 'ignore' });
    try {
      await until(() => versionsOf('cart').includes('dev'), 60_000, () => 'cart is not developed');
      expect(await emall('deploy', 'cart', '--ref', early)).toMatchObject({ status: 1, output: expect.stringContaining('cart is being developed') });
      const { postgres } = openSecrets(join(shop.home, 'secrets.json'), []);
      const { rows } = await withAdmin(adminUrl(shop.topology().database.port, postgres, shop.topology().database.name), (client) => client.query("select column_name from information_schema.columns where table_schema = 'cart' and column_name in ('early', 'sku') and table_name = 'cart_line'"));
      expect(rows).toEqual([{ column_name: 'sku' }]);
    } finally {
      developer.kill('SIGINT');
      await until(() => running('cart').length === 2 && !versionsOf('cart').includes('dev'), 60_000, () => 'cart is not given back');
    }
  });

  it('changes nothing when the migration fails', async () => {
    const pids = running('cart').map(({ pid }) => pid);
    writeFileSync(join(copy.path, 'services/cart/migrations/9002-fails.sql'), 'alter table cart_line add column worse text; select 1 / 0;\n');
    const bad = commit('a migration that fails');
    git('reset', '--quiet', '--hard', 'HEAD~1');
    const { status, output } = await emall('deploy', 'cart', '--ref', bad);
    expect({ status, output }).toEqual({ status: 1, output: expect.stringMatching(/The migration failed\. cart runs as before\.\n.*9002-fails.*division by zero/) });
    expect(running('cart').map(({ pid }) => pid)).toEqual(pids);
  });

  it('refuses what it cannot find, and a second deploy beside the first', async () => {
    expect(await emall('deploy', 'nothing')).toMatchObject({ status: 1, output: expect.stringContaining('storefront') });
    expect(await emall('deploy', 'cart', '--ref', 'no-such-thing')).toMatchObject({ status: 1, output: expect.stringContaining('There is no commit "no-such-thing"') });
    const outcomes = await Promise.all([emall('deploy', 'cart'), emall('deploy', 'storefront')]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual([0, 1]);
    expect(outcomes.find(({ status }) => status === 1)?.output).toContain('Another deploy is under way');
  });

  it('keeps a few versions, and leaves the clone as it was', () => {
    const versions = readdirSync(join(shop.home, 'versions')).filter((name) => /^[0-9a-f]{12}$/.test(name));
    expect(versions.length).toBeLessThanOrEqual(6);
    expect(git('status', '--porcelain')).toBe('');
  });
});

// By hand, on a machine that does nothing else: EMALL_DEPLOYS=20 npm test -- tests/local/scale-and-deploy
if (DEPLOYS > 0) {
  it(`${DEPLOYS} deploys in a row lose no request while the shop does 70 % of what it can (3.3 Rolling deploy)`, async () => {
    commit('another version of everything');
    const { capacity, summary, statuses } = await whileBusy(() => whileShopping(async () => {
      for (let n = 0; n < DEPLOYS; n += 1) {
        const ref = Math.floor(n / DEPLOYED.length) % 2 === 0 ? 'HEAD' : 'HEAD~1';
        expect(await emall('deploy', DEPLOYED[n % DEPLOYED.length] ?? '', '--ref', ref)).toEqual({ status: 0, output: expect.any(String) });
      }
    }));
    const { outcomes, transactions, visits, offered, latenessP99 } = summary;
    process.stdout.write(`    ${DEPLOYS} deploys at 70 % of ${capacity.toFixed(1)} visits a second: ${visits} visits, ${offered} calls, ${outcomes.good} in time, ${outcomes.late} late, ${outcomes.shed} turned away, ${outcomes.failed} failed; ${transactions.ordered} orders, ${transactions.refused} true refusals; ${latenessP99.toFixed(0)} ms late ourselves; ${[...statuses].map(([status, times]) => `${times} × ${status}`).join(', ')}\n`);
    // Browsers repeat what was sent on a kept connection that just closed; this crowd does not, and knows of no answer then.
    expect([...statuses.keys()].filter((status) => /^5(?!03)/.test(status))).toEqual([]);
    expect(transactions.ordered).toBeGreaterThan(0);
  }, 300_000 + DEPLOYS * 120_000);
}

/** The style sheet that a page names. */
async function namedBy(page: Response): Promise<string> {
  return /\/static\/styles\.[^"]+\.css/.exec(await page.text())?.[0] ?? '';
}
