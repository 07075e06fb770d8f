import { describe, expect, it } from '@jest/globals';
import { currencySymbol, formatMoney, formatRound } from './money.ts';

describe('formatMoney', () => {
  it.each([
    [{ amount: 4200, currency: 'GBP' }, '£42.00'],
    [{ amount: 5, currency: 'GBP' }, '£0.05'],
    [{ amount: 123_456_789, currency: 'GBP' }, '£1,234,567.89'],
    [{ amount: 1500, currency: 'JPY' }, 'JP¥1,500'],
  ])('writes %j as %s', (money, text) => {
    expect(formatMoney(money)).toBe(text);
  });
});

describe('formatRound', () => {
  it('leaves out pence where there are none', () => {
    expect(formatRound({ amount: 5000, currency: 'GBP' })).toBe('£50');
    expect(formatRound({ amount: 395, currency: 'GBP' })).toBe('£3.95');
  });
});

describe('currencySymbol', () => {
  it('is what stands before a price', () => {
    expect(currencySymbol('GBP')).toBe('£');
  });
});
