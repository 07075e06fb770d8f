import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { taxWithin, totalsOf } from './totals.ts';

const line = fc.record({ price: fc.integer({ min: 0, max: 1_000_000 }), quantity: fc.integer({ min: 1, max: 99 }) });
const method = fc.constantFrom('standard' as const, 'express' as const);

describe('totals', () => {
  it('add up', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 50 }), method, (lines, shippingMethod) => {
        const { items, shipping, tax, total } = totalsOf(lines, shippingMethod);
        expect(items).toBe(Number(lines.reduce((sum, { price, quantity }) => sum + BigInt(price) * BigInt(quantity), 0n)));
        expect(total).toBe(items + shipping);
        for (const amount of [items, shipping, tax, total]) expect(Number.isSafeInteger(amount) && amount >= 0).toBe(true);
      }),
    );
  });

  it('do not depend on the order of the lines', () => {
    fc.assert(fc.property(fc.array(line), method, (lines, shippingMethod) => expect(totalsOf(lines.toReversed(), shippingMethod)).toEqual(totalsOf(lines, shippingMethod))));
  });

  it('ship for nothing from £50.00, by the standard way only', () => {
    const of = (price: number, shippingMethod: 'standard' | 'express') => totalsOf([{ price, quantity: 1 }], shippingMethod).shipping;
    expect([of(4999, 'standard'), of(5000, 'standard'), of(5000, 'express')]).toEqual([395, 0, 695]);
  });

  it('refuse what is not an amount, or can no longer be exact', () => {
    for (const price of [1.5, -1, Number.NaN, 2 ** 53]) expect(() => totalsOf([{ price, quantity: 1 }], 'standard')).toThrow(RangeError);
    expect(() => totalsOf([{ price: 2 ** 50, quantity: 99 }], 'standard')).toThrow(RangeError);
  });
});

describe('tax', () => {
  it('is the sixth of a price at 20 %, half a penny upwards', () => {
    expect([0, 1, 2, 3, 6, 8, 9, 2895].map(taxWithin)).toEqual([0, 0, 0, 1, 1, 1, 2, 483]);
  });

  it('is never off by more than half a penny', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 99_999_999 }), (gross) => expect(Math.abs(taxWithin(gross) * 6 - gross)).toBeLessThanOrEqual(3)));
  });
});
