import { describe, expect, it } from '@jest/globals';
import { tierFor, toMatch } from './match.ts';

const MILLION = 1_000_000;
const wayOf = (products: number, { shop = MILLION, within }: { shop?: number; within?: { categories: number; products: number } } = {}) =>
  toMatch({ words: [{ terms: ['word'], products }], filters: [], products: shop, within })?.way;

describe('the way of a search in a million products', () => {
  it.each([
    ['a rare word: all that have it', 0, 'index'], ['one that some hundred have', 600, 'index'],
    ['one that three thousand have: the best 128,000', 3000, 3], ['one in a hundred: the best 32,000', 10_000, 2], ['one in twenty: the best 8,000', 50_000, 1],
    ['one that nearly half have: the best sellers, one after the other', 430_000, 'walk'],
  ])('is, for %s', (_what, products, way) => {
    expect(wayOf(products)).toBe(way);
  });

  it('reads some thousand rows at most, however many have the word', () => {
    const sizes = [2000, 8000, 32_000, 128_000];
    for (let products = 1; products < MILLION; products = Math.ceil(products * 1.1)) {
      const share = products / MILLION;
      const way = wayOf(products);
      const read = way === 'index' ? products : way === 'walk' ? 100 / share : share * (sizes[way as number] ?? Infinity);
      expect(read).toBeLessThan(2500);
    }
  });

  it('takes no tier that would be a third of the shop and more', () => {
    expect(wayOf(3000, { shop: 20_000 })).not.toBe(1);
    expect(tierFor({ share: 1, products: 5000 }, 100)).toBeUndefined();
  });

  it('walks along a few categories rather than read far more of a tier than is in them', () => {
    expect(wayOf(50_000, { within: { categories: 4, products: 150_000 } })).toBe('walk');
  });
});
