import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { distance, meant } from './distance.ts';

describe('the slips between two words', () => {
  it.each([['lamp', 'lamp', 0], ['lamp', 'lamps', 1], ['lamp', 'lap', 1], ['lamp', 'lump', 1], ['lamp', 'lmap', 1], ['haedphones', 'headphones', 1], ['', 'cup', 3], ['kitten', 'sitting', 3]])(
    'from %s to %s are %d', (a, b, slips) => {
      expect(distance(a, b)).toBe(slips);
    });

  it('are as many there as back, none for the same word, and no more than the longer one has letters', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (a, b) => {
      const slips = distance(a, b);
      expect(slips).toBe(distance(b, a));
      expect(slips === 0).toBe(a === b);
      expect(slips).toBeLessThanOrEqual(Math.max(a.length, b.length));
    }));
  });
});

describe('the word that was meant', () => {
  const candidates = [{ word: 'table', products: 90 }, { word: 'cable', products: 10 }, { word: 'headphones', products: 5 }, { word: 'header', products: 1 }];

  it.each([['tabel', 'table'], ['cabel', 'cable'], ['hable', 'table'], ['headph', 'headphones'], ['haedphnoes', 'headphones'], ['ab', undefined], ['xylophone', undefined]])('by %s is %s', (typed, word) => {
    expect(meant(typed, candidates)?.word).toBe(word);
  });
});
