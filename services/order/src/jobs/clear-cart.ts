import { signed } from '@emall/runtime';
import { sql } from 'kysely';
import { clear } from '../checkout/basket.ts';
import { findOrder } from '../orders/queries.ts';
import type { JobDeps } from './deps.ts';

/** What was ordered leaves the cart. */
export async function clearCart({ db, cart, identityKey }: JobDeps, { orderId }: { orderId: string }): Promise<void> {
  const order = await findOrder(db, orderId);
  if (!order || order.cart_cleared_at !== null) return;
  await clear({ cart }, signed({ shopper: order.shopper, caller: 'order', key: identityKey }), order);
  await db.updateTable('order').set({ cart_cleared_at: sql`now()`, updated_at: sql`now()` }).where('id', '=', orderId).where('cart_cleared_at', 'is', null).execute();
}
