import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { replicas } from '../../infra/local/src/processes.ts';
import { until } from '../local/shop.ts';
import type { Call } from './history/call.ts';
import { clockLibrary, shiftClock } from './inject/clock.ts';
import { kill } from './inject/processes.ts';
import { providerFaults } from './inject/provider.ts';
import { errorWindow, suffering, tell, withShoppers } from './named.ts';
import { untilReady } from './rest.ts';
import { startTarget, type Target } from './target.ts';
import { ordersByCard, usedConnections } from './provider-calls.ts';

jest.setTimeout(240_000);

let target: Target;
beforeAll(async () => (target = await startTarget()));
afterAll(() => target.close());

/** What a shopper at the door was told to be the shop's fault, or was not told at all. */
const failures = (calls: readonly Call[]) => calls
  .filter(({ via, abandoned, status }) => via === 'edge' && abandoned === undefined && (status === 0 || status >= 500))
  .map(({ kind, status, code = '', start, end }) => `${new Date(start).toISOString()} ${kind}: ${status} ${code} after ${end - start} ms`);

describe('3.3 Replica killed: kill -9 of an order replica in the middle of checkouts', () => {
  it('loses no order and makes none twice', async () => {
    const { calls, drive, violations } = await suffering(target, 'kill a order', 500);
    expect(violations).toEqual([]);
    expect(drive.ok).toBeGreaterThan(0);
    tell('3.3 Replica killed', 'POST errors <= in flight, after a retry 0', `${failures(calls).length} errors`);
  });

  it('the same when both replicas are killed at once', async () => {
    const { calls, drive, violations } = await suffering(target, 'kill both orders', 500);
    expect(violations).toEqual([]);
    expect(drive.ok).toBeGreaterThan(0);
    tell('3.3 Replica killed, both', 'no bar', `errors for ${errorWindow(calls)} ms`);
  });
});

describe('3.3 SIGTERM of each replica under load', () => {
  it('fails no call', async () => {
    const { calls, drive, violations } = await withShoppers(target, async () => {
      for (const replica of [1, 2]) {
        // The other one of each service is all that it has until nginx asks the first again.
        await untilReady(target.shop);
        for (const service of Object.keys(replicas)) await (await kill(target.shop, `${service}-${replica}`, 'SIGTERM'))();
      }
    });
    expect(violations).toEqual([]);
    expect(drive.ok).toBeGreaterThan(0);
    expect(failures(calls)).toEqual([]);
  });
});

describe('3.2 Redis down, frozen, flushed, out of memory, full of rubbish', () => {
  it('is no matter for checkout', async () => {
    const { calls, drive, violations } = await suffering(target, ['kill redis', 'freeze redis', 'flush redis', 'leave redis no memory', 'fill redis with rubbish'], 800);
    expect(violations).toEqual([]);
    expect(drive.ok).toBeGreaterThan(0);
    expect(failures(calls)).toEqual([]);
  });
});

describe('3.4 Payment provider', () => {
  it('slow, silent, failing, losing answers, repeating and forging webhooks: everybody who paid has one order and nobody pays twice', async () => {
    const { drive, violations } = await suffering(target, providerFaults.map(({ name }) => name), 1000);
    expect(violations).toEqual([]);
    expect(drive.ok).toBeGreaterThan(0);
  });

  it('never answers: no connection to Postgres is held meanwhile (3.1 Idle in transaction / leak)', async () => {
    const orders = await ordersByCard(target, 8);
    await until(async () => (await orders.stored()) === 8, 30_000, () => 'not all orders came as far as the provider');
    // Those who were still storing when it was counted have let go of theirs by then.
    await until(async () => (await usedConnections(target)) === 0, 30_000, () => 'connections are in use while the provider is asked');
    const unanswered = 8 - orders.answered();
    tell('3.1 Idle in transaction / leak', 'pool in use = 0 while the provider is silent', `0 in use, ${unanswered} orders waited`);
    expect(unanswered).toBeGreaterThan(0);
    expect(await orders.end()).toEqual(Array.from({ length: 8 }, () => 201));
  });
});

const hasClock = clockLibrary() !== undefined;
(hasClock ? describe : describe.skip)(`3.3 Clock skew: an order replica is ten minutes ahead, then behind${hasClock ? '' : ' (skipped: faketime is not there)'}`, () => {
  it('ends no hold early or late, and takes every payment', async () => {
    const { drive, violations } = await withShoppers(target, async () => {
      for (const seconds of [600, -600]) {
        const heal = await shiftClock(target.shop, 'order-2', seconds);
        await sleep(1500);
        await heal();
      }
    });
    expect(violations).toEqual([]);
    expect(drive.ok).toBeGreaterThan(0);
  });
});
