import type { Facts } from './facts.ts';
import { type Violation, violated, when } from './violation.ts';

/** GB, in minor units, as the shop publishes it. */
const STANDARD = 395;
const FREE_FROM = 5000;
const EXPRESS = 695;
/** VAT is within the prices. */
const TAX_PERCENT = 20;

/** I9: every total comes from the catalogue's prices and the published rules, in integer minor units of one currency. */
export function priceIntegrity({ world: { before, after } }: Facts): Violation[] {
  const prices = Map.groupBy([...before.stock, ...after.stock], ({ sku }) => sku);
  return after.orders.flatMap(({ id, lines, items, shipping, tax, total, currency, shippingMethod }) => {
    const said = (what: string) => violated('I9', `order ${id} ${what}`);
    const sum = lines.reduce((whole, { price, quantity }) => whole + price * quantity, 0);
    const delivery = shippingMethod === 'express' ? EXPRESS : sum >= FREE_FROM ? 0 : STANDARD;
    return [
      when(lines.length === 0, said('has no lines')),
      lines.flatMap(({ sku, quantity }) => when(!Number.isInteger(quantity) || quantity < 1, said(`has ${quantity} of ${sku}`))),
      lines.flatMap(({ sku, price }) => when(!prices.get(sku)?.some((known) => known.price === price && known.currency === currency), said(`sells ${sku} for ${price} ${currency}`))),
      when(items !== sum, said(`counts ${items} for lines of ${sum}`)),
      when(shipping !== delivery, said(`counts ${shipping} for ${shippingMethod} delivery of ${sum}`)),
      when(total !== sum + delivery, said(`costs ${total} instead of ${sum + delivery}`)),
      when(tax !== taxWithin(sum + delivery), said(`has ${tax} of tax in ${total}`)),
    ].flat();
  });
}

/** Half a penny goes up. */
function taxWithin(total: number): number {
  const whole = 100 + TAX_PERCENT;
  return Math.floor((2 * total * TAX_PERCENT + whole) / (2 * whole));
}
