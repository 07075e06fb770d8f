import type { RefundRow, Trx } from '../database.ts';
import { lockOrder } from '../orders/queries.ts';
import { findPayment } from '../payments/queries.ts';
import { beginRefund, reckon } from './reckon.ts';

/** Asked for what cannot be returned. */
export class NotRefundable extends Error {
  readonly left: number;

  constructor(message: string, left: number) {
    super(message);
    this.left = left;
  }
}

/**
 * Promises to return this much of what was paid for an order, or all that is left of it.
 * @throws NotRefundable when it is more than what is there and not promised already
 */
export async function requestRefund(trx: Trx, { orderId, amount, reason }: { orderId: string; amount?: number; reason: string }): Promise<Pick<RefundRow, 'id' | 'amount'>> {
  await lockOrder(trx, orderId);
  const payment = await findPayment(trx, orderId);
  const left = payment ? payment.received - payment.promised : 0;
  if (!payment?.intent_id || payment.received === 0) throw new NotRefundable('nothing was paid for it', 0);
  if (left === 0) throw new NotRefundable('all that was paid has been returned or is on its way', 0);
  const asked = amount ?? left;
  if (!Number.isSafeInteger(asked) || asked < 1) throw new RangeError(`${asked} cannot be returned`);
  if (asked > left) throw new NotRefundable('that is more than what is left of the payment', left);
  const id = crypto.randomUUID();
  await beginRefund(trx, { id, order_id: orderId, intent_id: payment.intent_id, amount: asked, currency: payment.currency, reason });
  await reckon(trx, orderId);
  return { id, amount: asked };
}
