import { signed } from '@emall/runtime';
import { sql } from 'kysely';
import { findOrder } from '../orders/queries.ts';
import type { JobDeps } from './deps.ts';

/** Takes what was ordered out of the cart; what the shopper has put there since stays. Cart does it once for each order. */
export async function clearCart({ db, cart, identityKey }: JobDeps, { orderId }: { orderId: string }): Promise<void> {
  const order = await findOrder(db, orderId);
  if (!order || order.cart_cleared_at !== null) return;
  const { response } = await cart.POST('/internal/carts/clear', {
    body: { orderId, lines: order.lines.map(({ sku, quantity }) => ({ sku, quantity })) },
    headers: signed({ shopper: order.shopper, caller: 'order', key: identityKey }),
  });
  if (!response.ok) throw new Error(`cart answered ${response.status} to a clearing`);
  await db.updateTable('order').set({ cart_cleared_at: sql`now()`, updated_at: sql`now()` }).where('id', '=', orderId).where('cart_cleared_at', 'is', null).execute();
}
