import { describe, expect, it } from '@jest/globals';
import { formatAmount, parseAmount } from './amounts.ts';

describe('an amount that somebody types', () => {
  it.each([
    ['12.34', 'GBP', 1234],
    ['12', 'GBP', 1200],
    ['12.3', 'GBP', 1230],
    ['0.01', 'GBP', 1],
    ['19.99', 'GBP', 1999],
    ['1234', 'JPY', 1234],
    ['1.234', 'KWD', 1234],
  ])('%s in %s is %i', (text, currency, amount) => {
    expect(parseAmount(text, currency)).toBe(amount);
  });

  it.each(['12.345', '12,34', '-1', '', '1e3', '.5', '5.', ' 5', '0x10', '£5', '1234567890'])('"%s" is none', (text) => {
    expect(parseAmount(text, 'GBP')).toBeUndefined();
  });

  it('has no fraction in a currency without', () => {
    expect(parseAmount('12.3', 'JPY')).toBeUndefined();
  });

  it('is shown as it is written in its currency', () => {
    expect([formatAmount(2895, 'GBP'), formatAmount(500, 'JPY')]).toEqual(['£28.95', 'JP¥500']);
  });
});
