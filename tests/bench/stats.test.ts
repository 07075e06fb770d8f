import { describe, expect, it } from '@jest/globals';
import { listed } from './cores.ts';
import { median, percentile, spread } from './stats.ts';

describe('the middle', () => {
  it('is the one in the middle, whatever their order', () => expect(median([9, 1, 5])).toBe(5));
  it('is between the two in the middle of an even number', () => expect(median([10, 1, 4, 2])).toBe(3));
  it('of nothing is none', () => expect(median([])).toBeNaN());
});

describe('a percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
  it('is the nearest rank', () => {
    expect(percentile(hundred, 0.5)).toBe(50);
    expect(percentile(hundred, 0.95)).toBe(95);
    expect(percentile(hundred, 0.99)).toBe(99);
    expect(percentile(hundred, 1)).toBe(100);
  });
  it('of few is the largest', () => expect(percentile([3, 1], 0.99)).toBe(3));
});

describe('the spread', () => {
  it('is the distance of the outermost as a share of the middle', () => expect(spread([8, 10, 12])).toBeCloseTo(0.4));
});

describe('a list of processors', () => {
  it('is read with its ranges', () => expect(listed(' 0-2,5\n')).toEqual([0, 1, 2, 5]));
});
