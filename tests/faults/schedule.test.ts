import { describe, expect, it } from '@jest/globals';
import { faults } from './inject/all.ts';
import { describeStep, scheduleOf } from './schedule.ts';

const seeds = Array.from({ length: 400 }, (_, index) => `seed-${index}`);
const schedules = seeds.map((seed) => scheduleOf(seed, faults, 10_000));

describe('a schedule', () => {
  it('is the same for the same seed, and another for another', () => {
    const told = schedules.map(({ steps }) => steps.map(describeStep).join());
    expect(seeds.map((seed) => scheduleOf(seed, faults, 10_000).steps.map(describeStep).join())).toEqual(told);
    expect(new Set(told).size).toBeGreaterThan(300);
  });

  it('has one to three faults, all of which are healed before it ends', () => {
    for (const { steps, ms } of schedules) {
      expect([1, 2, 3]).toContain(steps.length);
      for (const step of steps) expect(step.at + step.ms).toBeLessThanOrEqual(ms);
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

  it('meets every fault in time, on the servers that it needs', () => {
    const met = new Set(schedules.flatMap(({ steps }) => steps.map(({ fault }) => fault.name)));
    expect(faults.filter(({ name }) => !met.has(name))).toEqual([]);
    for (const { behindProxies, steps } of schedules) {
      const elsewhere = behindProxies ? ['supervisor'] : ['proxies', 'disk'];
      expect(steps.filter(({ fault }) => elsewhere.includes(fault.needs ?? ''))).toEqual([]);
    }
  });

  it('has a name of its own for each fault', () => {
    expect(new Set(faults.map(({ name }) => name)).size).toBe(faults.length);
  });
});
