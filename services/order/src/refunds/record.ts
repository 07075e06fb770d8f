import type { RefundRow, Trx } from '../database.ts';
import { derivedId } from '../orders/identifiers.ts';
import { lockOrder } from '../orders/queries.ts';
import type { Returned } from '../payments/provider.ts';
import { findPayment } from '../payments/queries.ts';
import { automaticId, endRefund, insertDone, refundsOf } from './queries.ts';
import { AUTOMATIC, reckon, returnRest, sumOf } from './reckon.ts';

/** Where the provider's word begins: it may be told in any order, in part, and again. */
export interface Told {
  orderId: string;
  intentId: string;
  returned: readonly Returned[];
  /** One of ours that the provider refused before this was looked up: unless it is there all the same, it will never be. */
  refused?: string;
}

/**
 * Writes down what the provider says was returned of a payment. What it knows and we do not was made by hand in its
 * dashboard. An open refund that what was returned leaves no money for has failed: the provider will refuse it too.
 * @returns the refunds of this payment as they are now
 */
export async function recordReturned(trx: Trx, { orderId, intentId, returned, refused }: Told): Promise<RefundRow[]> {
  if (!(await lockOrder(trx, orderId))) return [];
  const known = await refundsOf(trx, orderId, intentId);
  for (const each of returned) await recordOne(trx, { orderId, intentId }, known, each);

  const total = await receivedOf(trx, orderId, intentId, known);
  const after = await refundsOf(trx, orderId, intentId);
  let left = total.amount - sumOf(after, total.currency).done;
  for (const { id, state, amount, provider_id: providerId } of after) {
    if (state !== 'open') continue;
    if (id === refused || amount > left) await endRefund(trx, id, 'failed', providerId);
    else left -= amount;
  }
  if (!total.wanted) {
    const unwanted = { orderId, intentId, received: total.amount, currency: total.currency, reason: AUTOMATIC.paidTwice };
    await returnRest(trx, unwanted, await refundsOf(trx, orderId, intentId));
  }
  await reckon(trx, orderId);
  return await refundsOf(trx, orderId, intentId);
}

async function recordOne(trx: Trx, { orderId, intentId }: Pick<Told, 'orderId' | 'intentId'>, known: readonly RefundRow[], { id, refundId, amount, currency, state }: Returned): Promise<void> {
  const row = known.find((each) => each.provider_id === id) ?? known.find((each) => each.id === refundId && each.provider_id === null);
  if (!row) {
    const byHand = { id: derivedId(`refund\0${id}`), order_id: orderId, intent_id: intentId, amount, currency, reason: 'at the provider' };
    if (state === 'done') await insertDone(trx, byHand, id);
  } else if (row.state !== state || row.provider_id !== id) {
    await endRefund(trx, row.id, state, id);
  }
}

/** What came in: for the order, or beside it (a second payment, another currency); then all of it was to go back at first. */
async function receivedOf(trx: Trx, orderId: string, intentId: string, refunds: readonly RefundRow[]): Promise<{ amount: number; currency: string; wanted: boolean }> {
  const payment = await findPayment(trx, orderId);
  if (payment?.intent_id === intentId && payment.received > 0) return { amount: payment.received, currency: payment.currency, wanted: true };
  const first = refunds.find(({ id }) => id === automaticId(intentId, 0));
  return { amount: first?.amount ?? 0, currency: first?.currency ?? '', wanted: false };
}
