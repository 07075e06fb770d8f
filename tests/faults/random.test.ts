import { describe, expect, it } from '@jest/globals';
import { Random } from './random.ts';

const draws = (random: Random, count = 20_000) => Array.from({ length: count }, () => random.next());

describe('numbers from a seed', () => {
  it('come again with the seed, and only with it', () => {
    expect(draws(new Random('a'), 20)).toEqual(draws(new Random('a'), 20));
    expect(draws(new Random('a'), 20)).not.toEqual(draws(new Random('b'), 20));
  });

  it('of a fork depend on no draw before it', () => {
    const used = new Random(7);
    draws(used, 5);
    expect(draws(used.fork('x'), 20)).toEqual(draws(new Random(7).fork('x'), 20));
    expect(draws(used.fork('x'), 20)).not.toEqual(draws(used.fork('y'), 20));
  });

  it('fall evenly from 0 to below 1', () => {
    const counts = Array.from({ length: 10 }, () => 0);
    for (const draw of draws(new Random('even'))) counts[Math.floor(draw * 10)] = (counts[Math.floor(draw * 10)] ?? 0) + 1;
    expect(Math.min(...counts)).toBeGreaterThan(1800);
    expect(Math.max(...counts)).toBeLessThan(2200);
    expect(counts).toHaveLength(10);
  });

  it('are integers with both ends, and letters', () => {
    const random = new Random('ends');
    expect(new Set(Array.from({ length: 200 }, () => random.int(3, 5)))).toEqual(new Set([3, 4, 5]));
    expect(random.letters(50)).toMatch(/^[a-z]{50}$/);
    expect(() => random.pick([])).toThrow('nothing to pick');
  });
});
