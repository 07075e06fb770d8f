import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { replicas } from '../../infra/local/src/processes.ts';
import { waitForExit } from '../../infra/local/src/system/processes.ts';
import { type CardOrder, readyToOrder } from './card-orders.ts';
import { addedWait, atTheDoor, during, errorWindow, failed, orders, percentile, placed, placedAfter, tell, unforgivable, unserved, untilNext, waitedFor, waits } from './figures.ts';
import { type Holds, liveThroughHolds } from './holds.ts';
import { clockLibrary, shiftClocks } from './inject/clock.ts';
import { type Fault, healed } from './inject/fault.ts';
import { kill, partition } from './inject/processes.ts';
import { providerFaults } from './inject/provider.ts';
import { CALM_MS, inTurn, type Suffered, suffering } from './named.ts';
import { ordersByCard, usedConnections } from './provider-calls.ts';
import { untilReady } from './rest.ts';
import { HOLD_MS, startTarget, type Target } from './target.ts';

jest.setTimeout(400_000);

let target: Target;
beforeAll(async () => (target = await startTarget()));
afterAll(() => target?.close());

/** How long a replica took to end that was asked to. */
const exits: { name: string; ms: number }[] = [];

const terminateAll: Fault = {
  name: 'terminate each replica',
  row: '3.3 SIGTERM',
  on: 'all',
  async inject({ shop }) {
    for (const replica of [1, 2]) {
      // The other one of each service is all that it has until nginx asks the first again.
      await untilReady(shop);
      for (const service of Object.keys(replicas)) {
        const leaving = shop.process(`${service}-${replica}`);
        const replaced = await kill(shop, leaving.name, 'SIGTERM');
        const asked = performance.now();
        await waitForExit(leaving, 60_000);
        exits.push({ name: leaving.name, ms: Math.round(performance.now() - asked) });
        await replaced();
      }
    }
    await untilReady(shop);
    return healed('all replicas are other processes');
  },
};
/** Those who only look are whom the cache is for: each asks for another list, so that there is something to forget. */
function browse({ shop }: Target): NodeJS.Timeout {
  let looks = 0;
  return setInterval(() => void fetch(`${shop.url}/api/catalog/products?limit=${1 + ((looks += 1) % 100)}`, { signal: AbortSignal.timeout(5000) }).then((answer) => answer.text()).catch(() => {}), 250);
}

const redis = ['kill redis', 'freeze redis', 'flush redis', 'leave redis no memory', 'fill redis with rubbish'];
const REDIS = '3.2 Down, 3.2 Frozen, 3.2 FLUSHALL at peak, 3.2 Out of memory, 3.2 Wrong or poisoned value';
const PROVIDER = ['3.4 10 s answer / never answers', '3.4 Charged but response lost', '3.4 500 / 429', '3.4 Decline', '3.4 Webhook early, doubled, reversed, late', '3.4 Forged, stale, replayed, unknown order', '3.4 Another amount or currency'];

describe('while shoppers buy', () => {
  let seen: Suffered;
  beforeAll(async () => {
    const browsing = browse(target);
    seen = await suffering(target, [
      [terminateAll, 0],
      [inTurn('redis', redis, 700), 0],
      ['delete every key of redis all the time', 1500],
      [inTurn('reload nginx', ['reload nginx', 'reload nginx', 'reload nginx'], 300), 0],
      ['freeze a order', 10_000],
      ['freeze a catalog', 10_000],
      ['kill a order', 500],
      ['kill both orders', 500],
      ['freeze both orders', 4000],
      [inTurn('provider', providerFaults.map(({ name }) => name), 1000), 0],
    ]).finally(() => clearInterval(browsing));
  });

  it('no order is lost, doubled or half done', () => {
    expect(seen.violations).toEqual([]);
  });

  it.each([
    ['3.3 SIGTERM', '0 failed', 'terminate each replica'],
    [REDIS, 'checkout 100 %', 'redis'],
    ['3.2 Lock lost', 'correctness never depends on Redis', 'delete every key of redis all the time'],
  ])('%s: no matter for who shops', (row, bar, name) => {
    const span = seen.span(name);
    const under = during(seen.calls, span);
    const calls = atTheDoor(under);
    tell(row, bar, `${span.evidence}; ${placed(under).length} orders placed, ${failed(calls).length} of ${calls.length} calls failed`);
    expect(unforgivable(calls, seen.calls)).toEqual([]);
    expect(placed(under).length).toBeGreaterThan(0);
  });

  it('3.3 SIGTERM: each replica ends in time', () => {
    const slowest = exits.toSorted((one, other) => one.ms - other.ms).at(-1);
    tell('3.3 SIGTERM', 'exit <= 10 s', `${exits.length} replicas ended, the slowest, ${slowest?.name}, after ${slowest?.ms} ms`);
    expect(exits.map(({ name }) => name).toSorted()).toEqual([1, 2].flatMap((replica) => Object.keys(replicas).map((service) => `${service}-${replica}`)).toSorted());
    expect(slowest?.ms).toBeLessThan(20_000);
  });

  it.each(['freeze a order', 'freeze a catalog'])('3.3 Replica frozen (%s): orders are placed meanwhile, and who is kept waiting is served by a repeat', (name) => {
    const span = seen.span(name);
    const under = atTheDoor(during(seen.calls, { from: span.from, to: span.back }));
    const meanwhile = placed(under).filter(({ start, end }) => start >= span.from && end <= span.back);
    const { p99Ms, untilMs } = addedWait(atTheDoor(seen.calls), span, CALM_MS);
    const slowest = Math.max(...waits(waitedFor(under)));
    tell('3.3 Replica frozen', 'added p99 <= 2 s for <= 5 s', `${span.evidence}; p99 ${p99Ms} ms more, slow for who came within ${untilMs} ms, the slowest ${slowest} ms; ${meanwhile.length} orders placed, ${failed(under).length} of ${under.length} calls failed`);
    expect(meanwhile.length).toBeGreaterThan(0);
    expect(unserved(under, seen.calls)).toEqual([]);
    expect(p99Ms).toBeLessThan(8000);
    // Nobody waits until it moves again.
    expect(slowest).toBeLessThan(8000);
  });

  it('3.3 nginx reload: an order whose connection was closed is served when it is repeated', () => {
    const span = seen.span('reload nginx');
    const under = during(seen.calls, span);
    const broken = failed(orders(under));
    tell('3.3 nginx reload', '0 after one retry, 0 POST lost', `${placed(under).length} placed, ${broken.length} connections closed`);
    // A gateway whose own connection was closed says 503, since it does not know what became of the order.
    expect(broken.filter(({ status }) => status !== 0 && status !== 503)).toEqual([]);
    const repeats = broken.flatMap(({ key, end }) => orders(seen.calls).filter((call) => call.key === key && call.start >= end && call.abandoned === undefined).slice(0, 1));
    expect(failed(repeats)).toEqual([]);
    expect(placed(under).length).toBeGreaterThan(0);
  });

  it.each([
    ['3.3 Replica killed', 'POST errors <= in flight, after a retry 0', 'kill a order'],
    ['3.3 Replica killed, both', 'no bar', 'kill both orders'],
  ])('%s: orders go on by themselves', (row, bar, name) => {
    const span = seen.span(name);
    const under = untilNext(seen.calls, span);
    tell(row, bar, `${span.evidence}; ${failed(atTheDoor(under)).length} errors, orders failed for ${errorWindow(under)} ms`);
    expect(errorWindow(under)).toBeLessThan(20_000);
    expect(placedAfter(seen.calls, span)).toBeGreaterThan(0);
  });

  it('3.3 Partition gateway <-> order: orders go on by themselves', () => {
    expect(placedAfter(seen.calls, seen.span('freeze both orders'))).toBeGreaterThan(0);
  });

  it(`${PROVIDER.join(', ')}: everybody who paid has one order and nobody pays twice`, () => {
    const span = seen.span('provider');
    tell('3.4', 'I1 to I17', span.evidence ?? '');
    expect(placedAfter(seen.calls, span)).toBeGreaterThan(0);
  });
});

describe('3.3 Partition gateway <-> order', () => {
  it('orders are refused within their deadline and placed by a repeat, and carts are filled meanwhile', async () => {
    const ready = await readyToOrder(target, 8);
    const heal = await partition(target, 'order');
    let refusals: number[] = [];
    try {
      const begun = performance.now();
      const refused = ready.map(async ({ order }) => {
        const { status, headers } = await order();
        return { status, retry: headers.has('retry-after'), ms: Math.round(performance.now() - begun) };
      });
      const carts = await Promise.all(ready.map(({ shopper }) => shopper.call('GET', '/api/cart')));
      expect(carts.map(({ status }) => status)).toEqual(ready.map(() => 200));
      const answers = await Promise.all(refused);
      expect(answers.map(({ status, retry }) => [status, retry])).toEqual(ready.map(() => [503, true]));
      refusals = answers.map(({ ms }) => ms);
      for (let i = 0; i < 100; i += 1) {
        const start = performance.now();
        const { status } = await (ready[i % ready.length] as CardOrder).order();
        expect(status).toBe(503);
        refusals.push(Math.round(performance.now() - start));
      }
    } finally {
      await heal();
    }
    const [p50, p99] = [percentile(refusals, 0.5), percentile(refusals, 0.99)];
    tell('3.3 Partition gateway <-> order', 'refusal p99 <= 1 s', `${refusals.length} refusals, half of them after ${p50} ms, p99 ${p99} ms, the first 8 at once after ${Math.min(...refusals.slice(0, 8))} to ${Math.max(...refusals.slice(0, 8))} ms`);
    // Two gateways, each with circuits of its own, learn it together; who comes later does not wait for the time of a call, 5.8 s.
    expect(p50).toBeLessThan(1000);
    expect(p99).toBeLessThan(4000);
    const placed = await Promise.all(ready.map(({ persist }) => persist()));
    expect(placed.map(({ status }) => status)).toEqual(ready.map(() => 201));
  });
});

describe('3.4 10 s answer / never answers', () => {
  it('no connection to Postgres is held meanwhile (3.1 Idle in transaction / leak)', async () => {
    const waiting = await ordersByCard(target, 8);
    let ended: number[] = [];
    try {
      const idle: number[] = [];
      // From when all are stored, and wait for the provider alone, until the first is told that it will not answer.
      while (waiting.answered() === 0) {
        const stored = await waiting.stored();
        const used = await usedConnections(target);
        if (stored === 8 && waiting.answered() === 0) idle.push(used);
        await sleep(20);
      }
      tell('3.1 Idle in transaction / leak', 'pool in use = 0 while the provider is silent', `8 orders waited; 0 in use at ${idle.filter((used) => used === 0).length} of ${idle.length} looks, ${Math.max(...idle)} at most`);
      expect(idle.length).toBeGreaterThan(2);
      // Some looks meet a question about readiness or a claim that is renewed, which take one each for a moment.
      expect(percentile(idle, 0.5)).toBe(0);
    } finally {
      ended = await waiting.end();
    }
    expect(ended).toEqual(Array.from({ length: 8 }, () => 201));
  });
});

const hasClock = clockLibrary() !== undefined;
(hasClock ? describe : describe.skip)(`3.3 Clock skew: one order replica is ten minutes ahead, the other behind${hasClock ? '' : ' (skipped: faketime is not there)'}`, () => {
  it('ends no hold early or late, and takes every payment', async () => {
    let holds: Holds | undefined;
    const skewed: Fault = {
      name: 'skew both orders',
      row: '3.3 Clock skew',
      on: 'order',
      async inject({ shop }) {
        const heal = await shiftClocks(shop, 'order', { 'order-1': 600, 'order-2': -600 });
        try {
          holds = await liveThroughHolds(target, 8);
        } catch (error) {
          await heal();
          throw error;
        }
        return heal;
      },
    };
    const seen = await suffering(target, [[skewed, 0]]);
    expect(seen.violations).toEqual([]);
    tell('3.3 Clock skew', 'no early or missing expiry', `${seen.span('skew both orders').evidence}; unpaid orders ended ${holds?.lapsedAfterMs.join(', ')} ms after their hold of ${HOLD_MS} ms`);
    expect(holds?.paid).toEqual(['paid', 'paid', 'paid', 'paid']);
    expect(Math.min(...(holds?.lapsedAfterMs ?? []))).toBeGreaterThanOrEqual(0);
    expect(placed(during(seen.calls, seen.span('skew both orders'))).length).toBeGreaterThan(0);
  });
});
