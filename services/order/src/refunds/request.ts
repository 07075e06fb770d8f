import type { RefundRow, Trx } from '../database.ts';
import { lockOrder } from '../orders/queries.ts';
import { findPayment } from '../payments/queries.ts';
import { againId, findRefund, refundsOf } from './queries.ts';
import { beginRefund, receivedOf, reckon, sumOf } from './reckon.ts';

/** Asked for what cannot be returned. */
export class NotRefundable extends Error {
  readonly left: number;

  constructor(message: string, left: number) {
    super(message);
    this.left = left;
  }
}

export type Requested = Pick<RefundRow, 'id' | 'amount'>;

/**
 * Promises to return this much of what was paid for an order, or all that is left of it; once for the same `id`.
 * @throws NotRefundable when it is more than what is there and not promised already
 */
export async function requestRefund(trx: Trx, { id, orderId, amount, reason }: { id: string; orderId: string; amount?: number; reason: string }): Promise<Requested> {
  await lockOrder(trx, orderId);
  const same = await findRefund(trx, id);
  if (same) return same;
  const payment = await findPayment(trx, orderId);
  const left = payment ? payment.received - payment.promised : 0;
  if (!payment?.intent_id || payment.received === 0) throw new NotRefundable('nothing was paid for it', 0);
  if (left === 0) throw new NotRefundable('all that was paid has been returned or is on its way', 0);
  const asked = amount ?? left;
  if (!Number.isSafeInteger(asked) || asked < 1) throw new RangeError(`${asked} cannot be returned`);
  if (asked > left) throw new NotRefundable(MORE, left);
  await beginRefund(trx, { id, order_id: orderId, intent_id: payment.intent_id, amount: asked, currency: payment.currency, reason });
  await reckon(trx, orderId);
  return { id, amount: asked };
}

/**
 * Promises what a refund that failed was to return, whichever payment it was of. A new one, for the name that the first one
 * has at the provider has failed for good; once for each that failed, so that asking again finds the one that is under way.
 * @throws NotRefundable when it has not failed, or its money was returned otherwise
 */
export async function requestAgain(trx: Trx, failed: RefundRow): Promise<Requested> {
  const { order_id: orderId, intent_id: intentId } = failed;
  await lockOrder(trx, orderId);
  const refunds = await refundsOf(trx, orderId, intentId);
  const byId = new Map(refunds.map((each) => [each.id, each]));
  const { id, state, amount, currency, reason } = lastOf(byId, failed);
  if (state !== 'failed' && id !== failed.id) return { id, amount };
  if (state !== 'failed') throw new NotRefundable(state === 'done' ? 'that refund was made' : 'that refund is on its way', 0);
  const total = await receivedOf(trx, orderId, intentId, refunds);
  const left = total.amount - sumOf(refunds, total.currency).promised;
  if (amount > left) throw new NotRefundable(MORE, left);
  const again = againId(id);
  await beginRefund(trx, { id: again, order_id: orderId, intent_id: intentId, amount, currency, reason });
  await reckon(trx, orderId);
  return { id: again, amount };
}

const MORE = 'that is more than what is left of the payment';

/** The one that was begun in place of the one that was begun in place of this one. */
function lastOf(byId: ReadonlyMap<string, RefundRow>, first: RefundRow): RefundRow {
  const next = byId.get(againId(first.id));
  return next ? lastOf(byId, next) : (byId.get(first.id) ?? first);
}
