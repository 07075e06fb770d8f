import { signed } from '@emall/runtime';
import { sql } from 'kysely';
import { findOrder, lockOrder } from '../orders/queries.ts';
import { cancel, endPayment } from '../payments/settle.ts';
import { addJobs, job } from './add-jobs.ts';
import type { JobDeps } from './deps.ts';

/** What was held is now sold. When it is no longer there to sell, the order ends and its money goes back. */
export async function commitStock({ db, catalog, identityKey, log }: JobDeps, { orderId }: { orderId: string }): Promise<void> {
  const order = await findOrder(db, orderId);
  if (!order || order.stock !== 'held' || (order.state !== 'paid' && order.state !== 'accepted')) return;
  const { data, response } = await catalog.POST('/internal/reservations/{orderId}/commit', {
    params: { path: { orderId } },
    headers: signed({ shopper: order.shopper, caller: 'order', key: identityKey }),
  });
  if (data) {
    await db.updateTable('order').set({ stock: 'committed', updated_at: sql`now()` }).where('id', '=', orderId).where('stock', '=', 'held').execute();
    return;
  }
  if (response.status !== 404 && response.status !== 409) throw new Error(`catalog answered ${response.status} to a commitment of stock`);
  log.error({ orderId, state: order.state }, 'the stock of a sold order is gone: the order ends');
  await db.transaction().execute(async (trx) => {
    const now = await lockOrder(trx, orderId);
    if (now?.state !== 'paid' && now?.state !== 'accepted') return;
    await cancel(trx, now);
    if (now.state !== 'paid') return;
    await endPayment(trx, orderId, { state: 'refunding' });
    await addJobs(trx, [job('refund-payment', { orderId })]);
  });
}
