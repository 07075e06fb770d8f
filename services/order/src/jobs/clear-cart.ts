import { signed } from '@emall/runtime';
import { clear } from '../checkout/basket.ts';
import { findOrder, markCleared } from '../orders/queries.ts';
import { isSold } from '../orders/states.ts';
import type { JobDeps } from './deps.ts';

/** What was ordered leaves the cart, unless the order has ended meanwhile: its shopper may be about to order the same again. */
export async function clearCart({ db, cart, identityKey }: JobDeps, { orderId }: { orderId: string }): Promise<void> {
  const order = await findOrder(db, orderId);
  if (!order || order.cart_cleared_at !== null || !isSold(order)) return;
  await clear({ cart }, signed({ shopper: order.shopper, caller: 'order', key: identityKey }), order);
  await markCleared(db, orderId);
}
