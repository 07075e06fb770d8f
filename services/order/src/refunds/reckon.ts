import { sql } from 'kysely';
import type { RefundRow, Trx } from '../database.ts';
import { addJobs, job } from '../jobs/add-jobs.ts';
import { lockOrder } from '../orders/queries.ts';
import { cancel, changeState } from '../payments/ending.ts';
import { findPayment } from '../payments/queries.ts';
import { automaticId, insertRefund, type NewRefund, refundsOf } from './queries.ts';

/** Why money goes back that nobody asked for. */
export const AUTOMATIC = {
  ended: 'the order had ended',
  stockGone: 'the stock was gone',
  otherAmount: 'another amount was paid',
  paidTwice: 'the order was paid twice',
} as const;

/**
 * The one place where what goes back changes a payment and its order. It looks at all refunds there are, so that it does
 * not matter in which order, how often, or by whom they were made:
 * - when all of a paid order's money goes back the order ends, and its stock goes back too; one that was shipped stays shipped
 * - what an ended order has received goes back by itself
 * @param cause why the rest goes back now. Without one nothing is begun: a refund that failed waits for a person
 */
export async function reckon(trx: Trx, orderId: string, cause?: string): Promise<void> {
  const order = await lockOrder(trx, orderId);
  const payment = await findPayment(trx, orderId);
  if (!order || !payment?.intent_id) return;
  const { intent_id: intentId, received, currency } = payment;
  const before = await refundsOf(trx, orderId, intentId);

  const ends = order.state === 'paid' && received > 0 && sumOf(before, currency).promised === received;
  if (ends) await cancel(trx, order);
  const ended = ends || order.state === 'cancelled' || order.state === 'refunded';
  if (ended && cause !== undefined) await returnRest(trx, { orderId, intentId, received, currency, reason: cause }, before);

  const refunds = await refundsOf(trx, orderId, intentId);
  const { done, promised } = sumOf(refunds, currency);
  const back = done === received && refunds.some(({ state }) => state === 'done') && !refunds.some(({ state }) => state === 'open');
  const state = back ? 'refunded' : ended || promised === received ? 'refunding' : 'paid';
  await trx.updateTable('payment').set({ state, refunded: done, promised, url: null, updated_at: sql`now()` }).where('order_id', '=', orderId).execute();
  const end = back ? 'refunded' : 'cancelled';
  if (ended && (ends || order.state !== end)) await changeState(trx, orderId, end);
}

/** What came in through one payment, and is not the shop's to keep. */
export interface Unwanted {
  orderId: string;
  intentId: string;
  received: number;
  currency: string;
  reason: string;
}

/** All that is not on its way yet; begun once, however often its cause is told. */
export async function returnRest(trx: Trx, { orderId, intentId, received, currency, reason }: Unwanted, refunds: readonly RefundRow[]): Promise<boolean> {
  const { promised } = sumOf(refunds, currency);
  if (promised >= received) return false;
  return await beginRefund(trx, { id: automaticId(intentId, refunds.length), order_id: orderId, intent_id: intentId, amount: received - promised, currency, reason });
}

/** False when it was begun before. */
export async function beginRefund(trx: Trx, refund: NewRefund): Promise<boolean> {
  const isNew = await insertRefund(trx, refund);
  if (isNew) await addJobs(trx, [job('refund-payment', { refundId: refund.id })]);
  return isNew;
}

export function sumOf(refunds: readonly RefundRow[], currency: string): { done: number; promised: number } {
  const sum = (of: readonly RefundRow[]) => of.reduce((total, { amount }) => total + amount, 0);
  const here = refunds.filter((each) => each.currency === currency);
  return { done: sum(here.filter(({ state }) => state === 'done')), promised: sum(here.filter(({ state }) => state !== 'failed')) };
}

/** What came in: for the order, or beside it (a second payment, another currency); then all of it was to go back at first. */
export async function receivedOf(trx: Trx, orderId: string, intentId: string, refunds: readonly RefundRow[]): Promise<{ amount: number; currency: string; wanted: boolean }> {
  const payment = await findPayment(trx, orderId);
  if (payment?.intent_id === intentId && payment.received > 0) return { amount: payment.received, currency: payment.currency, wanted: true };
  const first = refunds.find(({ id }) => id === automaticId(intentId, 0));
  return { amount: first?.amount ?? 0, currency: first?.currency ?? '', wanted: false };
}
