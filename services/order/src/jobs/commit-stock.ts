import { inTransaction } from '@emall/runtime';
import { lockOrder } from '../orders/queries.ts';
import { cancel } from '../payments/ending.ts';
import { AUTOMATIC, reckon } from '../refunds/reckon.ts';
import { CannotSucceed, type JobDeps } from './deps.ts';

/** With these catalog says that there is nothing to sell; any other refusal may be a mistake, and is tried again. */
const GONE = new Set(['reservation-expired', 'reservation-released', 'reservation-unknown']);

/**
 * What was held is now sold. When it is no longer there to sell, the order ends and its money goes back. An order that is
 * cancelled meanwhile releases its stock by a job of its own: catalog gives back what was committed before, and commits nothing after.
 */
export async function commitStock(deps: JobDeps, headers: Record<string, string>, orderId: string): Promise<'committed' | 'gone'> {
  const { error, response } = await deps.catalog.POST('/internal/reservations/{orderId}/commit', { params: { path: { orderId } }, headers });
  if (error && GONE.has(error.code)) return await endUnserved(deps, orderId);
  if (!response.ok) throw new Error(`catalog answered ${response.status} to a commitment of stock`);
  return 'committed';
}

async function endUnserved({ db, log }: JobDeps, orderId: string): Promise<'gone'> {
  await inTransaction(db, async (trx) => {
    const order = await lockOrder(trx, orderId);
    if (order?.state === 'shipped') throw new CannotSucceed(`order ${orderId} was sent, and catalog does not know of its stock`);
    if (order?.state !== 'paid' && order?.state !== 'accepted') return;
    log.error({ orderId, state: order.state }, 'the stock of a sold order is gone: the order ends');
    await cancel(trx, order);
    await reckon(trx, orderId, AUTOMATIC.stockGone);
  });
  return 'gone';
}
