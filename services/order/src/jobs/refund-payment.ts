import { inTransaction } from '@emall/runtime';
import type { RefundRow, Trx } from '../database.ts';
import { lockOrder } from '../orders/queries.ts';
import type { Returned } from '../payments/provider.ts';
import { allRefundsOf, findOpenRefund, raiseAttempt } from '../refunds/queries.ts';
import { AUTOMATIC, reckon } from '../refunds/reckon.ts';
import { recordReturned, tellFailed } from '../refunds/record.ts';
import { PATIENT, type JobDeps } from './deps.ts';
import type { Tasks } from './names.ts';

const UNASKED: ReadonlySet<string> = new Set(Object.values(AUTOMATIC));

/**
 * Returns money, once. The provider is asked to only after it was asked what it has returned already: an earlier answer may
 * have been lost, and somebody may have been faster by hand.
 */
export async function refundPayment(deps: JobDeps, asked: Tasks['refund-payment']): Promise<void> {
  const { db, provider, log } = deps;
  if ('orderId' in asked) return await inTransaction(db, (trx) => adopt(trx, asked.orderId));
  const { refundId } = asked;
  const refund = await findOpenRefund(db, refundId);
  if (!refund || !(await isStillOpen(deps, refund))) return;
  const { order_id: orderId, intent_id: intentId, amount, attempt, reason } = refund;
  const answer = await provider.refund({ refundId, attempt, intentId, amount, orderId }, PATIENT);
  if (answer === 'spent') {
    if (!(await isStillOpen(deps, refund))) return;
    await raiseAttempt(db, refund);
    throw new Error(`attempt ${attempt} of refund ${refundId} has failed for good: another one follows`);
  }
  if (answer === 'refused') {
    await look(deps, refund, refundId);
    return;
  }
  if ((await record(deps, refund, [answer])) !== 'done') return;
  const told = { orderId, refundId, amount, currency: refund.currency, reason };
  if (UNASKED.has(reason)) log.error(told, 'money that could not be kept was returned');
  else log.info(told, 'money was returned');
}

/** What an earlier version wanted to return becomes a refund: whether that version has done it, the refund finds out. */
async function adopt(trx: Trx, orderId: string): Promise<void> {
  await lockOrder(trx, orderId);
  if ((await allRefundsOf(trx, orderId)).length === 0) await reckon(trx, orderId, AUTOMATIC.ended);
}

/** Asks what was returned, and whether this refund is still to be made. */
async function isStillOpen(deps: JobDeps, refund: RefundRow): Promise<boolean> {
  return (await look(deps, refund)) === 'open';
}

async function look(deps: JobDeps, refund: RefundRow, refused?: string): Promise<RefundRow['state'] | undefined> {
  const returned = await deps.provider.refunds(refund.intent_id, PATIENT);
  return await record(deps, refund, returned, refused);
}

async function record({ db, log }: JobDeps, refund: RefundRow, returned: readonly Returned[], refused?: string): Promise<RefundRow['state'] | undefined> {
  const { id, order_id: orderId, intent_id: intentId } = refund;
  const told = { orderId, intentId, returned, ...(refused !== undefined && { refused }) };
  const { refunds, failed } = await inTransaction(db, (trx) => recordReturned(trx, told));
  tellFailed(log, failed);
  return refunds.find((each) => each.id === id)?.state;
}
