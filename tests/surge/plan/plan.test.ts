import { describe, expect, it } from '@jest/globals';
import { Random } from '../../faults/random.ts';
import { addressOf } from '../load/addresses.ts';
import { readBaskets } from './baskets.ts';
import { arrivals, comings, lengthOf, spanOf, surgeOf } from './schedule.ts';
import { Weighted, zipf } from './weighted.ts';

const LENGTHS = { normal: 20, ramp: 10, surge: 30, back: 20 };

describe('when people come', () => {
  const phases = surgeOf(20, LENGTHS);

  it('is ten times as often within the ramp, and at once as before when the surge is over', () => {
    expect(phases.map(({ from, to }) => [from, to])).toEqual([[20, 20], [20, 200], [200, 200], [20, 20]]);
    expect([lengthOf(phases), spanOf(phases, 'surge')]).toEqual([80, { from: 30, to: 60 }]);
  });

  it('goes upwards, and is as often as each phase says', () => {
    const moments = arrivals(phases, new Random('arrivals'));
    expect(moments).toEqual([...moments].sort((one, other) => one - other));
    const between = (from: number, to: number) => moments.filter((moment) => moment >= from * 1000 && moment < to * 1000).length;
    // Expected 400, 1100, 6000 and 400; four standard deviations of a Poisson count on either side.
    for (const [from, to, expected] of [[0, 20, 400], [20, 30, 1100], [30, 60, 6000], [60, 80, 400]] as const) {
      expect(Math.abs(between(from, to) - expected)).toBeLessThan(4 * Math.sqrt(expected));
    }
    // The second half of an even rise brings (2 + 20) / 2 against 20 in the first: 365 and 735.
    expect(between(25, 30) / between(20, 25)).toBeGreaterThan(1.6);
  });

  it('is irregular, as with people: the pauses of normal time spread as widely as they are long', () => {
    const moments = arrivals([{ name: 'normal', seconds: 200, from: 20, to: 20 }], new Random('pauses'));
    const pauses = moments.slice(1).map((moment, index) => moment - (moments[index] ?? 0));
    const mean = pauses.reduce((sum, pause) => sum + pause, 0) / pauses.length;
    const spread = Math.sqrt(pauses.reduce((sum, pause) => sum + (pause - mean) ** 2, 0) / pauses.length);
    expect(Math.abs(spread / mean - 1)).toBeLessThan(0.1);
  });

  it('is early for some who come back while it is high, so that the surge has as many as before', () => {
    const all = comings(phases, new Random('comings'));
    const returning = all.filter(({ backAt }) => backAt !== undefined);
    // Three of a hundred of 7,100; four standard deviations on either side.
    expect(Math.abs(returning.length - 213)).toBeLessThan(4 * Math.sqrt(213));
    for (const { at, backAt = 0 } of returning) expect([at < 20_000, backAt > 20_000, backAt < 60_000]).toEqual([true, true, true]);
    expect(all.map(({ at }) => at)).toEqual(all.map(({ at }) => at).toSorted((one, other) => one - other));
    expect(all.map(({ at, backAt = at }) => backAt).toSorted((one, other) => one - other)).toEqual(arrivals(phases, new Random('comings').fork('arrivals')));
  });

  it('comes again with its seed', () => {
    expect(arrivals(phases, new Random('one'))).toEqual(arrivals(phases, new Random('one')));
    expect(arrivals(phases, new Random('one'))).not.toEqual(arrivals(phases, new Random('other')));
  });
});

describe('what is wanted', () => {
  it('is drawn in proportion to its weight, and never what has none', () => {
    const weighted = new Weighted([1, 0, 3]);
    const random = new Random('weights');
    const draws = Array.from({ length: 8000 }, () => weighted.draw(random));
    expect(draws.filter((draw) => draw === 1)).toEqual([]);
    expect(Math.abs(draws.filter((draw) => draw === 2).length - 6000)).toBeLessThan(4 * Math.sqrt(8000 * 0.25 * 0.75));
  });

  it('follows Zipf: the first of a thousand twice as often as the second, and the last is still wanted', () => {
    const ranks = zipf(1000);
    const random = new Random('ranks');
    const counts = Array.from({ length: 1000 }, () => 0);
    for (let n = 0; n < 100_000; n += 1) {
      const rank = ranks.draw(random);
      counts[rank] = (counts[rank] ?? 0) + 1;
    }
    expect((counts[0] ?? 0) / (counts[1] ?? 1)).toBeCloseTo(2, 0);
    expect(counts.slice(500).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
  });

  it('needs something to draw from', () => {
    expect(() => new Weighted([])).toThrow('nothing to draw from');
    expect(() => new Weighted([0, 0])).toThrow('nothing has a weight');
  });
});

describe('baskets of real shoppers', () => {
  it('are read one a line, each code once, case-sensitive', () => {
    expect(readBaskets('stock_codes\n85123A 22423\r\n21756\n15056bl 15056BL 15056bl\n')).toEqual({ baskets: [['85123A', '22423'], ['21756'], ['15056bl', '15056BL']], refused: 0 });
  });

  it('leave out lines that are none, and say how many', () => {
    expect(readBaskets('22633\n\n  \n<b>1 2\n22632 a\u0000b\n')).toEqual({ baskets: [['22633']], refused: 4 });
  });
});

describe('the address of a guest', () => {
  it('is another one for each, on this machine, and no network or broadcast', () => {
    const addresses = Array.from({ length: 100_000 }, (_, n) => addressOf(n));
    expect(new Set(addresses).size).toBe(100_000);
    for (const address of addresses) expect(address).toMatch(/^127\.\d{1,3}\.\d{1,3}\.(?!0$|255$)\d{1,3}$/);
    expect(addresses.every((address) => address.split('.').every((part) => Number(part) < 256))).toBe(true);
  });

  it('is none that a shop listens on', () => {
    expect(addressOf(0)).toBe('127.1.0.1');
    expect(addressOf(16_000_000).startsWith('127.0.')).toBe(false);
  });
});
