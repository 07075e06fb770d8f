import { describe, expect, it } from '@jest/globals';
import { faults } from './inject/all.ts';
import { describeStep, roundOf, runOf, scheduleOf, type Schedule } from './schedule.ts';

const RUN = 100;
const told = ({ steps }: Schedule) => steps.map(describeStep).join();
const runs = ['one', 'two', 'three', 'four'].map((seed) => Array.from({ length: RUN }, (_, ordinal) => scheduleOf(seed, ordinal, faults)));
const schedules = runs.flat();

describe('a schedule', () => {
  it('is the same for the same seed and ordinal, and another for another', () => {
    expect(Array.from({ length: RUN }, (_, ordinal) => told(scheduleOf('one', ordinal, faults)))).toEqual(runs[0]?.map(told));
    // A fault whose row says for how long may come alone in several.
    expect(new Set(schedules.map(told)).size).toBeGreaterThan(0.9 * schedules.length);
  });

  it('is found again by its name', () => {
    expect(runOf('one')).toEqual({ seed: 'one', first: 0 });
    const { seed, first } = runOf(runs[0]?.[37]?.seed ?? '');
    expect(told(scheduleOf(seed, first, faults))).toBe(told(runs[0]?.[37] as Schedule));
  });

  it('has at most three faults, all of which are healed before it ends', () => {
    for (const { steps, ms } of schedules) {
      expect(steps.length).toBeLessThanOrEqual(3);
      for (const step of steps) expect(step.at + step.ms).toBeLessThan(ms);
    }
  });

  it('breaks nothing twice at once', () => {
    for (const { steps } of schedules) {
      for (const [index, one] of steps.entries()) {
        const same = steps.slice(index + 1).filter((other) => other.fault.on === one.fault.on);
        for (const other of same) expect(one.at + one.ms <= other.at || other.at + other.ms <= one.at).toBe(true);
      }
    }
  });

  it('brings each fault, and a calm time, before any comes for the second time', () => {
    for (const run of runs) {
      const met = new Set(run.slice(0, roundOf(faults)).flatMap(({ steps }) => steps.map(({ fault }) => fault)));
      expect(faults.filter((fault) => !met.has(fault))).toEqual([]);
      expect(run.slice(0, roundOf(faults)).filter(({ steps }) => steps.length === 0)).toHaveLength(1);
    }
  });

  it('is on the servers that its faults need', () => {
    for (const { behindProxies, steps } of schedules) {
      const elsewhere = behindProxies ? ['supervisor'] : ['proxies', 'disk'];
      expect(steps.filter(({ fault }) => elsewhere.includes(fault.needs ?? ''))).toEqual([]);
    }
  });

  it('lasts, every tenth time, longer than holds and leases, and otherwise lets many more have their turn', () => {
    for (const run of runs) {
      const longest = run.map(({ steps }) => Math.max(0, ...steps.map(({ ms }) => ms)));
      expect(longest.filter((ms) => ms >= 20_000).length).toBeGreaterThanOrEqual(RUN / 10);
      expect(longest.filter((ms) => ms >= 20_000).length).toBeLessThanOrEqual(RUN / 5);
      const seconds = run.reduce((sum, { ms }) => sum + ms, 0) / 1000;
      expect(seconds).toBeLessThan(36 * 60);
    }
  });

  it('gives a fault the time that its row wants', () => {
    const fault = { ...faults[0], name: 'gone for a minute', needs: 'proxies', ms: 60_000 } as (typeof faults)[number];
    const dealt = [0, 1].map((ordinal) => scheduleOf('one', ordinal, [fault])).find(({ steps }) => steps.length > 0);
    expect(dealt).toMatchObject({ behindProxies: true, steps: [{ ms: 60_000 }] });
    expect(dealt?.ms).toBeGreaterThan(60_000);
  });

  it('has a name of its own for each fault', () => {
    expect(new Set(faults.map(({ name }) => name)).size).toBe(faults.length);
  });
});
