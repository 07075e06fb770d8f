import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { priceReader } from './money.ts';

describe('reading a price', () => {
  it.each([['GBP', '24', 2400], ['GBP', '24.5', 2450], ['GBP', '0.01', 1], ['GBP', '1000000.00', 100_000_000], ['JPY', '1250', 1250], ['KWD', '1.234', 1234]])(
    'in %s takes %s for %d', (currency, text, amount) => {
      expect(priceReader(currency)(text)).toBe(amount);
    });

  it.each(['', ' 1', '1 ', '+1', '-1', '1.', '.5', '1.234', '1,50', '1_000', '1e5', '0x10', 'NaN', 'Infinity', '£1', '١', '0', '0.00', '1000000.01', '9'.repeat(400)])('refuses %j', (text) => {
    expect(priceReader('GBP')(text)).toEqual(expect.any(String));
  });

  it('brings back every amount that it could have been written from', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 100_000_000 }), (amount) => {
      expect(priceReader('GBP')(`${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, '0')}`)).toBe(amount);
    }));
  });
});
