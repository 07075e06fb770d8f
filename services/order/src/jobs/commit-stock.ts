import { signed } from '@emall/runtime';
import { sql } from 'kysely';
import { findOrder, lockOrder } from '../orders/queries.ts';
import { cancel, endPayment } from '../payments/settle.ts';
import { addJobs, job } from './add-jobs.ts';
import type { JobDeps } from './deps.ts';

/** With these catalog says that there is nothing to sell; any other refusal may be a mistake, and is tried again. */
const GONE = new Set(['reservation-expired', 'reservation-released', 'reservation-unknown']);

/** What was held is now sold. When it is no longer there to sell, the order ends and its money goes back. */
export async function commitStock(deps: JobDeps, { orderId }: { orderId: string }): Promise<void> {
  const { db, catalog, identityKey } = deps;
  const order = await findOrder(db, orderId);
  if (!order || order.stock === 'committed') return;
  if (order.stock === 'held') {
    const { error, response } = await catalog.POST('/internal/reservations/{orderId}/commit', {
      params: { path: { orderId } },
      headers: signed({ shopper: order.shopper, caller: 'order', key: identityKey }),
    });
    if (error && GONE.has(error.code)) return await endUnserved(deps, orderId);
    if (!response.ok) throw new Error(`catalog answered ${response.status} to a commitment of stock`);
  }
  await noteCommitted(deps, orderId);
}

/** An order may be cancelled while its commitment is under way: then what catalog has taken for it goes back once more. */
async function noteCommitted({ db }: JobDeps, orderId: string): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const order = await lockOrder(trx, orderId);
    if (order?.stock === 'held') await trx.updateTable('order').set({ stock: 'committed', updated_at: sql`now()` }).where('id', '=', orderId).execute();
    if (order?.stock === 'released') await addJobs(trx, [job('release-stock', { orderId, shopper: order.shopper })]);
  });
}

async function endUnserved({ db, log }: JobDeps, orderId: string): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const order = await lockOrder(trx, orderId);
    if (order?.state !== 'paid' && order?.state !== 'accepted') return;
    log.error({ orderId, state: order.state }, 'the stock of a sold order is gone: the order ends');
    await cancel(trx, order);
    if (order.state !== 'paid') return;
    await endPayment(trx, orderId, { state: 'refunding' });
    await addJobs(trx, [job('refund-payment', { orderId })]);
  });
}
