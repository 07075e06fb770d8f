import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { askReadiness } from '../../infra/local/src/supervisor/ready.ts';
import { until } from '../local/shop.ts';
import { readyToOrder } from './card-orders.ts';
import { during, errorWindow, failed, lastedAfter, orders, percentile, placed, placedAfter, tell, unforgivable, untilNext, waits } from './figures.ts';
import { whyNoDisk } from './inject/disk.ts';
import { readOnly } from './inject/postgres.ts';
import { kill } from './inject/processes.ts';
import { type Suffered, suffering } from './named.ts';
import { startTargetBehindProxies, type Target } from './target.ts';

jest.setTimeout(300_000);

/** Far above the bars, which are told beside it: other tests run at the same time. */
const GENEROUS_MS = 20_000;
const whySkipped = whyNoDisk();

let target: Awaited<ReturnType<typeof startTargetBehindProxies>>;
beforeAll(async () => (target = await startTargetBehindProxies()));
afterAll(() => target?.close());

const started = ({ shop }: Target) => shop.topology().processes.map(({ name, pid }) => ({ name, pid }));

describe('while shoppers buy', () => {
  let seen: Suffered;
  let before: ReturnType<typeof started>;
  beforeAll(async () => {
    before = started(target);
    seen = await suffering(target, [
      ['crash postgres', 300],
      ['kill a backend of postgres', 300],
      ['postgres refuses', 3000],
      // Long enough for those whom a cart keeps waiting to come to an order.
      ['postgres is a black hole', 8000],
      ['postgres takes no writes', 1500],
      ['packets to postgres are lost', 3000],
      ['use up the connections of postgres', 2000],
      ['lock what listings read', 3000],
      ...(whySkipped === undefined ? [['fill the disk of postgres', 2000] as const] : []),
    ]);
  });

  it('no order is lost, doubled or half done', () => {
    expect(seen.violations).toEqual([]);
  });

  it('no replica is started anew', () => {
    expect(started(target)).toEqual(before);
  });

  it.each([
    ['3.1 Restart (crash)', 'crash postgres'],
    ['3.1 One backend killed', 'kill a backend of postgres'],
  ])('%s: orders go on by themselves', (row, name) => {
    const span = seen.span(name);
    const window = errorWindow(untilNext(seen.calls, span));
    tell(row, 'checkout error window <= 3 s', `${span.evidence}; ${window} ms`);
    expect(window).toBeLessThan(GENEROUS_MS);
    expect(placedAfter(seen.calls, span)).toBeGreaterThan(0);
  });

  it.each([
    // The minute itself is among the schedules of `npm run faults`.
    ['3.1 Down 60 s', '3 s of the 60; refused <= 200 ms', 'postgres refuses', 3000],
    ['3.1 Frozen / blackholed', 'p99 of refusals <= 700 ms', 'postgres is a black hole', 10_000],
  ])('%s: orders are refused in time, and go on when Postgres is back', (row, bar, name, most) => {
    const span = seen.span(name);
    const refusals = waits(failed(orders(during(seen.calls, { from: span.from, to: span.back }))));
    const lasted = lastedAfter(untilNext(seen.calls, span), span.back);
    tell(row, `${bar}, recovered <= 5 s`, `${refusals.length} refusals, median ${percentile(refusals, 0.5)} ms, p99 ${percentile(refusals, 0.99)} ms; the last failure ${lasted} ms after the return`);
    expect(refusals.length).toBeGreaterThan(0);
    expect(percentile(refusals, 1)).toBeLessThan(most);
    expect(lasted).toBeLessThan(GENEROUS_MS);
    expect(placedAfter(seen.calls, span)).toBeGreaterThan(0);
  });

  it('3.1 Read-only / failover: orders go on when writes are taken again', () => {
    const span = seen.span('postgres takes no writes');
    const lasted = lastedAfter(untilNext(seen.calls, span), span.back);
    tell('3.1 Read-only / failover', '<= 5 s after promote', `${span.evidence}; the last failure ${lasted} ms after writes were taken`);
    expect(lasted).toBeLessThan(GENEROUS_MS);
    expect(placedAfter(seen.calls, span)).toBeGreaterThan(0);
  });

  it('3.3 Packet loss 30 %: orders are placed meanwhile, or refused within their deadline', () => {
    const span = seen.span('packets to postgres are lost');
    const under = orders(during(seen.calls, span));
    tell('3.3 Packet loss 30 %', 'deadline respected', `${span.evidence}; ${placed(under).length} placed, ${failed(under).length} failed, the slowest ${Math.max(...waits(under))} ms`);
    expect(Math.max(...waits(under))).toBeLessThan(GENEROUS_MS);
    expect(placedAfter(seen.calls, span)).toBeGreaterThan(0);
  });

  it.each([
    ['3.1 Connections exhausted', 'checkout unaffected', 'use up the connections of postgres'],
    ['3.1 Slow (the incident)', 'checkout success >= 99.9 %', 'lock what listings read'],
  ])('%s: carts are filled and orders placed all the same', (row, bar, name) => {
    const span = seen.span(name);
    const under = during(seen.calls, span);
    tell(row, bar, `${span.evidence}; ${placed(under).length} placed, ${failed(orders(under)).length} orders failed`);
    expect(placed(under).length).toBeGreaterThan(0);
    expect(unforgivable(orders(under), seen.calls)).toEqual([]);
  });

  it(`3.1 Disk full: orders go on when there is room again${whySkipped === undefined ? '' : ` (not tried: ${whySkipped})`}`, () => {
    if (whySkipped !== undefined) return;
    const span = seen.span('fill the disk of postgres');
    const lasted = lastedAfter(seen.calls, span.back);
    tell('3.1 Disk full', 'recovered <= 5 s', `${span.evidence}; the last failure ${lasted} ms after there was room`);
    expect(lasted).toBeLessThan(GENEROUS_MS);
    expect(placedAfter(seen.calls, span)).toBeGreaterThan(0);
  });
});

describe('3.1 Read-only / failover', () => {
  it('an order that could not be written is refused for now, and placed with the same key afterwards', async () => {
    const ready = await readyToOrder(target, 4);
    const heal = await readOnly(target);
    try {
      const refused = await Promise.all(ready.map(({ order }) => order()));
      expect(refused.map(({ status, headers }) => [status, headers.has('retry-after')])).toEqual(ready.map(() => [503, true]));
    } finally {
      await heal();
    }
    const placed = await Promise.all(ready.map(({ persist }) => persist()));
    expect(placed.map(({ status }) => status)).toEqual(ready.map(() => 201));
  });
});

describe('3.3 Dependency missing at start', () => {
  it.each([['order-1', 'postgres'], ['catalog-1', 'redis']] as const)('%s begins without %s, says so, and is ready by itself once it is there', async (name, server) => {
    const { shop, network } = target;
    const ready = async () => askReadiness(shop.process(name).adminPort ?? 0);
    const { pid: before } = shop.process(name);
    await network[server].set('refuse');
    try {
      await kill(shop, name);
      await until(async () => shop.process(name).pid !== before && (await ready()).words.includes(server), 60_000, () => 'it does not say what it waits for');
    } finally {
      await network[server].set('pass');
    }
    const { pid } = shop.process(name);
    const start = performance.now();
    await until(async () => (await ready()).ready, GENEROUS_MS, () => 'it is not ready');
    tell('3.3 Dependency missing at start', 'ready <= 5 s', `${name} ${Math.round(performance.now() - start)} ms after ${server} was there`);
    expect(shop.process(name).pid).toBe(pid);
  });
});

describe.each([
  ['3.2 Slow', 'every answer of it comes 300 ms later', { latencyMs: 150 }],
  ['3.2 Frozen', 'it takes connections and answers nothing', 'blackhole'],
] as const)('%s: whoever looks around while Redis is so that %s', (row, _how, mode) => {
  it('is answered, and does not pay for it with each request', async () => {
    // What has just begun is slow for a while.
    await browse(100);
    const calm = await browse(40);
    await target.network.redis.set(mode);
    try {
      // Who is the first pays for all.
      await browse(1);
      const under = await browse(40);
      const added = [0.25, 0.5, 0.99].map((part) => Math.round(percentile(under, part) - percentile(calm, part)));
      tell(row, 'added p50 <= 5 ms after 1 s', `40 listings, nobody had asked for them before: ${added.join(', ')} ms added at p25, p50, p99`);
      // A command is given up after 50 ms, and a listing would need two. Of the faster ones, because a busy machine makes some slow.
      expect(added[0]).toBeLessThan(30);
    } finally {
      await target.network.redis.set('pass');
    }
  });
});

let asked = 0;
/** How long each of so many listings took that no cache can know, one after the other, for a second at least. */
async function browse(atLeast: number): Promise<number[]> {
  const took: number[] = [];
  for (const end = performance.now() + 1000; took.length < atLeast || performance.now() < end;) {
    const start = performance.now();
    const answer = await fetch(`${target.shop.url}/api/catalog/products?limit=1&min=${(asked += 1)}`, { signal: AbortSignal.timeout(10_000) });
    await answer.arrayBuffer();
    expect(answer.status).toBe(200);
    took.push(performance.now() - start);
  }
  return took;
}
