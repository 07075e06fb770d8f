import { describe, expect, it } from '@jest/globals';
import { totalsOf } from '../../services/order/src/checkout/totals.ts';
import { FREE_FROM, SHIPPING, SHIPPING_METHODS } from '../../services/storefront/src/shared/delivery.ts';

describe('shipping', () => {
  const charged = (method: 'standard' | 'express', items: number) => totalsOf([{ price: items, quantity: 1 }], method).shipping;

  it.each(SHIPPING_METHODS)('costs by the %s way what the pages promise', (method) => {
    expect(charged(method, FREE_FROM - 1)).toBe(SHIPPING[method].price);
  });

  it('costs nothing by the standard way from where the pages say so', () => {
    expect(charged('standard', FREE_FROM)).toBe(0);
  });
});
