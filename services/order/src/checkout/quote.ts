import { tooManyUnits, totalTooLarge } from '../errors.ts';
import type { PricedLine } from './basket.ts';
import type { Quote } from './schema.ts';
import { LARGEST_TOTAL, money, type ShippingMethod, totalsOf } from './totals.ts';

/** Whoever wants more is no shopper: nobody may take a whole shelf out of sale with one order. */
const MOST_UNITS = 1000;

/** What these lines cost now. @throws tooManyUnits, totalTooLarge (409) */
export function quoteOf(lines: readonly PricedLine[], shippingMethod: ShippingMethod, currency: string): Quote {
  const units = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  if (units > MOST_UNITS) throw tooManyUnits({ detail: `There are ${units} pieces in the cart, and one order holds at most ${MOST_UNITS}.` });
  const { items, shipping, tax, total } = totalsOf(lines, shippingMethod);
  if (total > LARGEST_TOTAL) throw totalTooLarge({ detail: 'Please order in several parts.' });
  return {
    lines: lines.map(({ price, ...line }) => ({ ...line, price: money(price, currency), total: money(price * line.quantity, currency) })),
    items: money(items, currency),
    shipping: money(shipping, currency),
    tax: money(tax, currency),
    total: money(total, currency),
  };
}
