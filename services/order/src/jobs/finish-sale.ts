import { signed } from '@emall/runtime';
import { isSold } from '../orders/states.ts';
import { clear } from '../checkout/basket.ts';
import { commitStock } from './commit-stock.ts';
import type { JobDeps } from './deps.ts';

/**
 * What was held is now sold, and leaves the cart; unless the order has ended meanwhile: its shopper may be about to order
 * the same again. Neither waits for the other, and what is done is noted although the other failed.
 */
export async function finishSale(deps: JobDeps, { orderId }: { orderId: string }): Promise<void> {
  const { sales, cart, identityKey } = deps;
  const sale = await sales.find(orderId);
  if (!sale || !isSold(sale)) return;
  const headers = signed({ shopper: sale.shopper, caller: 'order', key: identityKey });
  const [stock, cleared] = await Promise.allSettled([
    sale.stock === 'held' ? commitStock(deps, headers, orderId) : undefined,
    sale.cart_cleared_at === null ? clear({ cart }, headers, sale) : undefined,
  ]);
  await sales.note(orderId, { committed: stock.status === 'fulfilled' && stock.value === 'committed', cleared: cleared.status === 'fulfilled' });
  for (const part of [stock, cleared]) if (part.status === 'rejected') throw part.reason;
}
