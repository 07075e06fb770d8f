import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Buckets, learn, LONGEST_MS } from './buckets.ts';

const open = ({ perSecond = 2, burst = 10, most = 100 } = {}) => new Buckets({ name: 'some', of: ['read'], by: 'address', perSecond, burst }, most);

function admit(buckets: Buckets, client: string, now: number): boolean {
  if (buckets.waitMs(client, now) > 0) return false;
  buckets.add(client, now);
  return true;
}

describe('a bucket', () => {
  it('takes its burst at once, then one whenever one has leaked, and is empty after a rest', () => {
    const buckets = open();
    const admitted = (now: number) => Array.from({ length: 50 }, () => admit(buckets, 'anna', now)).filter(Boolean).length;
    expect(admitted(0)).toBe(10);
    expect(admitted(499)).toBe(0);
    expect(admitted(500)).toBe(1);
    expect(admitted(1500)).toBe(2);
    expect(admitted(1500 + 5000)).toBe(10);
  });

  it('says how long there is no room: then there is, and not before', () => {
    const buckets = open();
    for (let i = 0; i < 10; i += 1) admit(buckets, 'anna', 0);
    const waitMs = buckets.waitMs('anna', 123);
    expect(waitMs).toBe(377);
    expect(admit(buckets, 'anna', 123 + waitMs - 1)).toBe(false);
    expect(admit(buckets, 'anna', 123 + waitMs)).toBe(true);
  });

  it('is of one client', () => {
    const buckets = open();
    for (let i = 0; i < 20; i += 1) admit(buckets, 'anna', 0);
    expect(admit(buckets, 'bert', 0)).toBe(true);
  });

  it('never lets in more than its burst and what leaked in any time, whatever the client tries', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 80 }), fc.integer({ min: 1, max: 6 }), (pauses, burst) => {
      const buckets = open({ burst });
      const times: number[] = [];
      let now = 0;
      for (const pause of pauses) if (admit(buckets, 'anna', (now += pause))) times.push(now);
      for (const [i, from] of times.entries()) {
        for (const [j, to] of times.entries()) {
          if (j >= i && j - i + 1 > burst + (to - from) / 500) return false;
        }
      }
      return true;
    }));
  });
});

describe('what the other gateways are told', () => {
  it('is what was added, once', () => {
    const buckets = open();
    for (const client of ['anna', 'bert', 'anna']) buckets.add(client, 0);
    expect(buckets.takeUntold(0).map(({ bucket, ms }) => [bucket.client, ms])).toEqual([['anna', 1000], ['bert', 500]]);
    expect(buckets.takeUntold(0)).toEqual([]);
    buckets.add('bert', 0);
    expect(buckets.takeUntold(0).map(({ bucket, ms }) => [bucket.client, ms])).toEqual([['bert', 500]]);
  });

  it('is not what has leaked since, though nobody listened for long', () => {
    const buckets = open();
    for (let now = 0; now < 60_000; now += 100) admit(buckets, 'anna', now);
    const [told] = buckets.takeUntold(60_000);
    expect(told?.ms).toBeGreaterThan(4000);
    expect(told?.ms).toBeLessThanOrEqual(5000);
    buckets.add('bert', 60_000);
    expect(buckets.takeUntold(70_000)).toEqual([]);
  });
});

describe('who asks for little', () => {
  it('is not spoken of, until it is more: then of all', () => {
    const buckets = open({ burst: 160 });
    for (let n = 0; n < 10; n += 1) buckets.add('anna', 0);
    expect(buckets.takeUntold(0)).toEqual([]);
    buckets.add('anna', 0);
    expect(buckets.takeUntold(0).map(({ ms }) => ms)).toEqual([11 * 500]);
  });
});

describe('what they tell', () => {
  const levelOf = (buckets: Buckets, now: number) => buckets.waitMs('anna', now) - 500 + 5000;

  it('is added to what this gateway counted since it asked', () => {
    const buckets = open();
    buckets.add('anna', 0);
    const told = buckets.takeUntold(0);
    buckets.add('anna', 50);
    for (const { bucket } of told) learn(bucket, 3000, 60);
    expect(levelOf(buckets, 60)).toBe(3500);
  });

  it('is never less than what this gateway knows by itself: Redis forgets', () => {
    const buckets = open();
    for (let i = 0; i < 4; i += 1) buckets.add('anna', 0);
    for (const { bucket } of buckets.takeUntold(0)) learn(bucket, 0, 0);
    expect(levelOf(buckets, 0)).toBe(2000);
  });
});

describe('what is remembered', () => {
  it('is bounded, with what is still to be told, and the least recently used go first', () => {
    const buckets = open({ burst: 2 });
    for (let i = 0; i < 10_000; i += 1) {
      admit(buckets, 'anna', 0);
      admit(buckets, `invented ${i}`, 0);
      expect(buckets.size).toBeLessThanOrEqual(100);
    }
    expect(admit(buckets, 'anna', 0)).toBe(false);
    expect(admit(buckets, 'invented 9999', 0)).toBe(true);
    expect(buckets.takeUntold(0).length).toBeLessThanOrEqual(100);
  });

  it('is let go of when it must be empty, and not before', () => {
    const buckets = open({ perSecond: 1, burst: LONGEST_MS / 1000 });
    const start = 1_000_000;
    buckets.age(start);
    while (admit(buckets, 'anna', start)) { /* as much as goes in */ }
    for (let at = start; at < start + LONGEST_MS; at += 200) {
      buckets.age(at);
      expect(buckets.size).toBe(1);
    }
    for (let at = start + LONGEST_MS; at < start + 3 * LONGEST_MS; at += 200) buckets.age(at);
    expect(buckets.size).toBe(0);
  });
});
