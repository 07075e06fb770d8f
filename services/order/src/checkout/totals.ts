import type { Money } from './schema.ts';

/** Prices include tax. Amounts are integer minor units throughout; nothing is ever a fraction. */
export const TAX_PERCENT = 20;
/** The most a card payment can carry, in minor units. */
export const LARGEST_TOTAL = 99_999_999;

export type ShippingMethod = 'standard' | 'express';

/** The storefront's `shared/delivery.ts` promises the same before there is an order; `tests/contract/shipping.test.ts` compares them. */
const SHIPPING: Record<ShippingMethod, (items: number) => number> = {
  standard: (items) => (items >= 5000 ? 0 : 395),
  express: () => 695,
};

export interface Totals {
  items: number;
  shipping: number;
  /** The part of `total` that is tax. */
  tax: number;
  total: number;
}

/** @throws RangeError when a price or quantity is not an integer, or the sum cannot be exact */
export function totalsOf(lines: readonly { price: number; quantity: number }[], method: ShippingMethod): Totals {
  const items = lines.reduce((sum, { price, quantity }) => exact(sum + exact(price * quantity)), 0);
  const shipping = SHIPPING[method](items);
  const total = exact(items + shipping);
  return { items, shipping, tax: taxWithin(total), total };
}

/** Half a penny goes up. */
export function taxWithin(gross: number): number {
  const whole = 100 + TAX_PERCENT;
  return Math.floor(exact(2 * gross * TAX_PERCENT + whole) / (2 * whole));
}

export function money(amount: number, currency: string): Money {
  return { amount, currency };
}

function exact(amount: number): number {
  if (!Number.isSafeInteger(amount) || amount < 0) throw new RangeError(`${amount} is not an amount`);
  return amount;
}
