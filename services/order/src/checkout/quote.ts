import { totalTooLarge } from '../errors.ts';
import type { PricedLine } from './basket.ts';
import type { Quote } from './schema.ts';
import { LARGEST_TOTAL, money, type ShippingMethod, totalsOf } from './totals.ts';

/** What these lines cost now. @throws totalTooLarge (409) */
export function quoteOf(lines: readonly PricedLine[], shippingMethod: ShippingMethod, currency: string): Quote {
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
