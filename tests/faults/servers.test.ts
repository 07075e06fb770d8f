import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { whyNoDisk } from './inject/disk.ts';
import { errorWindow, failed, lastedAfter, percentile, suffering, tell } from './named.ts';
import { startTargetBehindProxies, type Target } from './target.ts';

jest.setTimeout(240_000);

let target: Target;
beforeAll(async () => (target = await startTargetBehindProxies()));
afterAll(() => target.close());

/** Far above the bars, which are told beside it: other tests run at the same time. */
const GENEROUS_MS = 20_000;

describe('3.1 Restart (crash): Postgres ends at once and comes back', () => {
  it('loses no order, and orders go on by themselves', async () => {
    const { calls, drive, violations } = await suffering(target, 'crash postgres', 300);
    expect(violations).toEqual([]);
    expect(drive.ok).toBeGreaterThan(0);
    tell('3.1 Restart (crash)', 'checkout error window <= 3 s', `${errorWindow(calls)} ms`);
    expect(errorWindow(calls)).toBeLessThan(GENEROUS_MS);
  });
});

describe('3.1 One backend killed: Postgres ends all sessions', () => {
  it('loses no order, and orders go on by themselves', async () => {
    const { calls, drive, violations } = await suffering(target, 'kill a backend of postgres', 300);
    expect(violations).toEqual([]);
    expect(drive.ok).toBeGreaterThan(0);
    tell('3.1 One backend killed', '<= 3 s', `${errorWindow(calls)} ms`);
    expect(errorWindow(calls)).toBeLessThan(GENEROUS_MS);
  });
});

describe('3.1 Down 60 s: nobody listens where Postgres was', () => {
  it('refuses at once, and goes on without a restart when Postgres is back', async () => {
    const before = target.shop.topology().processes;
    let back = 0;
    const { calls, drive, violations } = await suffering(target, 'postgres refuses', 3000, () => (back = Date.now()));
    expect(violations).toEqual([]);
    expect(drive.ok).toBeGreaterThan(0);
    const waits = failed(calls).map(({ start, end }) => end - start);
    expect(waits.length).toBeGreaterThan(0);
    tell('3.1 Down 60 s', 'refused <= 200 ms, recovered <= 5 s', `median of ${waits.length} refusals ${percentile(waits, 0.5)} ms, the last failure ${lastedAfter(calls, back)} ms after the return`);
    expect(percentile(waits, 0.5)).toBeLessThan(3000);
    expect(lastedAfter(calls, back)).toBeLessThan(GENEROUS_MS);
    expect(target.shop.topology().processes.map(({ name, pid }) => ({ name, pid }))).toEqual(before.map(({ name, pid }) => ({ name, pid })));
  });
});

describe('3.1 Frozen / blackholed: Postgres takes connections and says nothing', () => {
  it('refuses within its limits, and goes on when Postgres answers again', async () => {
    const { calls, drive, violations } = await suffering(target, 'postgres is a black hole', 4000);
    expect(violations).toEqual([]);
    expect(drive.ok).toBeGreaterThan(0);
    const waits = failed(calls).map(({ start, end }) => end - start);
    tell('3.1 Frozen / blackholed', 'p99 of refusals <= 700 ms', `p99 of ${waits.length} refusals ${percentile(waits, 0.99)} ms, median ${percentile(waits, 0.5)} ms`);
    expect(percentile(waits, 1)).toBeLessThan(10_000);
  });
});

describe('3.1 Connections exhausted: an outsider takes all that are left', () => {
  it('loses no order', async () => {
    const { calls, drive, violations } = await suffering(target, 'use up the connections of postgres', 2000);
    expect(violations).toEqual([]);
    expect(drive.ok).toBeGreaterThan(0);
    tell('3.1 Connections exhausted', 'checkout unaffected', `${failed(calls).length} orders were refused or not answered, ${drive.ok} placed`);
  });
});

const whySkipped = whyNoDisk();
(whySkipped === undefined ? describe : describe.skip)(`3.1 Disk full: not a byte is left for Postgres${whySkipped === undefined ? '' : ` (skipped: ${whySkipped})`}`, () => {
  it('leaves no order half done, and goes on when there is room again', async () => {
    let back = 0;
    const { calls, drive, violations } = await suffering(target, 'fill the disk of postgres', 2000, () => (back = Date.now()));
    expect(violations).toEqual([]);
    expect(drive.ok).toBeGreaterThan(0);
    tell('3.1 Disk full', 'recovered <= 5 s', `the last failure ${lastedAfter(calls, back)} ms after there was room`);
    expect(lastedAfter(calls, back)).toBeLessThan(GENEROUS_MS);
  });
});
