import type { Variant } from '../catalog.ts';
import type { StoredCart, StoredLine } from './queries.ts';
import type { Cart, Line, Money } from './schema.ts';

/** A cart as the shopper sees it: what is remembered, with today's names, prices and stock. */
export function showCart({ version, lines }: Pick<StoredCart, 'version' | 'lines'>, variants: ReadonlyMap<string, Variant>, currency: string): Cart {
  const shown = lines.map((line) => showLine(line, variants.get(line.sku)));
  return { version, lines: shown, subtotal: { amount: shown.reduce((sum, { total }) => sum + total.amount, 0), currency } };
}

export function itemCount(lines: readonly { quantity: number }[]): number {
  return lines.reduce((sum, { quantity }) => sum + quantity, 0);
}

function showLine({ sku, quantity, name, priceAmount, priceCurrency }: StoredLine, variant: Variant | undefined): Line {
  const remembered: Money = { amount: priceAmount, currency: priceCurrency };
  if (!variant) {
    const nothing = { amount: 0, currency: priceCurrency };
    return { sku, slug: null, name, options: {}, picture: null, tint: null, quantity, price: remembered, available: 0, total: nothing, problem: 'removed' };
  }
  const { slug, options, picture, tint, price, available } = variant;
  const repriced = price.amount !== priceAmount || price.currency !== priceCurrency;
  const problem = problemOf(quantity, available, repriced);
  return {
    sku,
    slug,
    name: variant.name,
    options,
    picture,
    tint,
    quantity,
    price,
    available,
    total: { amount: price.amount * Math.min(quantity, available), currency: price.currency },
    ...(problem && { problem }),
    ...(repriced && { priceWas: remembered }),
  };
}

/** What stands in the way of buying comes first; a changed price is said beside it by `priceWas`. */
function problemOf(quantity: number, available: number, repriced: boolean): Line['problem'] {
  if (available === 0) return 'sold-out';
  if (available < quantity) return 'only-n-left';
  return repriced ? 'price-changed' : undefined;
}
