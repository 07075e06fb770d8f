import { describe, expect, it } from '@jest/globals';
import { partToCount, tiersFor, toMatch } from './match.ts';
import { hasTier, TIERS } from './tiers.ts';

const MILLION = 1_000_000;
const SHOPS = [500, 1400, 6000, 23_000, 100_000, 380_000, MILLION, 1_500_000];
const matchOf = (products: number, { shop = MILLION, within }: { shop?: number; within?: { categories: number; products: number } } = {}) => {
  const match = toMatch({ words: [{ terms: ['word'], products }], filters: [], products: shop, within });
  if (!match) throw new TypeError('it has a word');
  return match;
};

describe('the best sellers that have a word', () => {
  it.each([
    ['in all products when it is rare', 0, []], ['in all products when some hundred have it', 1000, []],
    ['in the largest tier when one in a thousand has it', 1001, [4]], ['in three tiers when one in twenty has it', 50_000, [2, 3, 4]],
    ['in the smallest tier first when nearly half have it', 430_000, [0, 1, 2, 3, 4]],
  ])('are looked for %s', (_what, products, tiers) => {
    expect(tiersFor(matchOf(products))).toEqual(tiers);
  });

  it('cost 500 rows, and 1,500 where the tiers do not fit, up to a million and a half, however many have it', () => {
    for (const shop of SHOPS) {
      for (let products = 1; products <= shop; products = Math.ceil(products * 1.05)) {
        const [tier] = tiersFor(matchOf(products, { shop }));
        const read = tier === undefined ? products : (products / shop) * TIERS[tier];
        expect(read).toBeLessThanOrEqual(tier === undefined ? 1500 : 500);
      }
    }
  });

  it('are looked for in no tier that is not there', () => {
    for (const shop of SHOPS) expect(tiersFor(matchOf(shop, { shop })).every((tier) => hasTier(tier, shop))).toBe(true);
  });

  it('are no more than the category has: then all are read', () => {
    expect(tiersFor(matchOf(430_000, { within: { categories: 1, products: 900 } }))).toEqual([]);
  });
});

describe('a count beyond a thousand', () => {
  it.each([[1000, undefined], [4000, undefined], [4100, 16], [9000, 16], [10_000, 64], [MILLION, 64]])('of %i products looks at one in %s', (products, of) => {
    expect(partToCount(matchOf(products))?.of).toBe(of);
  });

  it('is not said of a thousand: in no part would they be half of what stands for more', () => {
    for (const expected of [5000, 50_000]) {
      const part = partToCount({ expected });
      expect(1000 / (part?.of ?? 1)).toBeLessThan((part?.sample ?? 0) / 2);
    }
  });
});

describe('a search in another order', () => {
  it('walks along it for a frequent word, and finds all that have a rare one', () => {
    expect([matchOf(430_000).walk, matchOf(5000).walk]).toEqual([true, false]);
  });

  it('walks along a few categories for a word that is frequent in them', () => {
    expect([matchOf(50_000, { within: { categories: 4, products: 600_000 } }).walk, matchOf(50_000, { within: { categories: 4, products: 5000 } }).walk]).toEqual([true, false]);
  });
});
