import { describe, expect, it } from '@jest/globals';
import { seedProduct } from './generate.ts';

describe('the seeded catalogue', () => {
  it('is the same every time', () => {
    expect(seedProduct(1)).toEqual(seedProduct(1));
    expect(seedProduct(4711)).toMatchObject({ key: 'S0004711', name: seedProduct(4711).name });
  });

  it('gives no SKU twice, and no price that is none', () => {
    const variants = Array.from({ length: 3000 }, (_, i) => seedProduct(i + 1)).flatMap(({ variants }) => variants);
    expect(new Set(variants.map(({ sku }) => sku)).size).toBe(variants.length);
    expect(variants.every(({ price, was }) => Number.isInteger(price) && price > 0 && (was === null || was > price))).toBe(true);
  });

  it('has words of every frequency, and best sellers that are few', () => {
    const products = Array.from({ length: 3000 }, (_, i) => seedProduct(i + 1));
    const words = new Map<string, number>();
    for (const { description } of products) for (const word of new Set(description?.toLowerCase().split(/\W+/))) words.set(word, (words.get(word) ?? 0) + 1);
    const shares = [...words.values()].map((count) => count / products.length);
    for (const [least, most] of [[0.2, 0.6], [0.05, 0.2], [0.01, 0.05], [0, 0.01]] as const) expect(shares.some((share) => share > least && share <= most)).toBe(true);
    const sold = products.map(({ popularity }) => popularity ?? 0).sort((a, b) => b - a);
    const total = sold.reduce((sum, n) => sum + n, 0);
    expect(sold.slice(0, 300).reduce((sum, n) => sum + n, 0) / total).toBeGreaterThan(0.3);
  });
});
