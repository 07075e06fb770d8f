import { describe, expect, it } from '@jest/globals';
import { formatMoney } from './money.ts';

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
