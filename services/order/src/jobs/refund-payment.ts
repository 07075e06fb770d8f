import { lockOrder } from '../orders/queries.ts';
import { findPayment } from '../payments/queries.ts';
import { changeState, endPayment } from '../payments/ending.ts';
import { PATIENT, type JobDeps } from './deps.ts';

/** Returns all that was received for an order that ended. */
export async function refundPayment({ db, provider, log }: JobDeps, { orderId }: { orderId: string }): Promise<void> {
  const payment = await findPayment(db, orderId);
  if (payment?.state !== 'refunding') return;
  const { intent_id: intentId, received, refunded } = payment;
  if (!intentId) throw new Error(`the payment of order ${orderId} has no name at the provider`);
  await provider.refund({ intentId, amount: received - refunded, orderId, key: `refund:${orderId}:${refunded}` }, PATIENT);
  await db.transaction().execute(async (trx) => {
    const order = await lockOrder(trx, orderId);
    await endPayment(trx, orderId, { state: 'refunded', refunded: received });
    if (order?.state === 'cancelled') await changeState(trx, orderId, 'refunded');
  });
  log.info({ orderId, amount: received }, 'the money for an order was returned');
}
