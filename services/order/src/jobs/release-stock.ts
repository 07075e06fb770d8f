import { signed } from '@emall/runtime';
import { findOrder } from '../orders/queries.ts';
import type { JobDeps } from './deps.ts';

/** Gives back what an order held, or what was reserved for one that never came to be. */
export async function releaseStock({ db, catalog, identityKey }: JobDeps, { orderId, shopper }: { orderId: string; shopper: string }): Promise<void> {
  const order = await findOrder(db, orderId);
  if (order && order.stock !== 'released') return;
  const { response } = await catalog.POST('/internal/reservations/{orderId}/release', {
    params: { path: { orderId } },
    headers: signed({ shopper, caller: 'order', key: identityKey }),
  });
  if (!response.ok) throw new Error(`catalog answered ${response.status} to a release of stock`);
}
