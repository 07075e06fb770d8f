import { signed } from '@emall/runtime';
import { sql } from 'kysely';
import { release } from '../checkout/basket.ts';
import { findOrder } from '../orders/queries.ts';
import { isEnded } from '../orders/states.ts';
import type { JobDeps } from './deps.ts';

/** Gives back what an order held, or what was reserved for one that never came to be. */
export async function releaseStock({ db, catalog, identityKey }: JobDeps, { orderId, shopper }: { orderId: string; shopper: string }): Promise<void> {
  const order = await findOrder(db, orderId);
  if (order && !isEnded(order)) return;
  await release({ catalog }, signed({ shopper, caller: 'order', key: identityKey }), orderId);
  await db.updateTable('order').set({ stock: 'released', updated_at: sql`now()` }).where('id', '=', orderId).where('stock', 'in', ['releasing', 'held']).execute();
}
