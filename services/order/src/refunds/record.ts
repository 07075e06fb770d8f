import type { Log } from '@emall/runtime';
import type { RefundRow, Trx } from '../database.ts';
import { derivedId } from '../orders/identifiers.ts';
import { lockOrder } from '../orders/queries.ts';
import type { Returned } from '../payments/provider.ts';
import { endRefund, insertEnded, refundsOf } from './queries.ts';
import { AUTOMATIC, receivedOf, reckon, returnRest, sumOf } from './reckon.ts';

/** Where the provider's word begins: it may be told in any order, in part, and again. */
export interface Told {
  orderId: string;
  intentId: string;
  returned: readonly Returned[];
  /** One of ours that the provider refused before this was looked up: unless it is there all the same, it will never be. */
  refused?: string;
}

export interface Recorded {
  /** All of this payment, as they are now. */
  refunds: RefundRow[];
  /** Those that were thought to be done or on their way until now. */
  failed: RefundRow[];
}

/**
 * Writes down what the provider says was returned of a payment. What it knows and we do not was made by hand in its
 * dashboard. An open refund that what was returned leaves no money for has failed: the provider will refuse it too, and
 * what an ended order is still owed goes back in its place.
 */
export async function recordReturned(trx: Trx, { orderId, intentId, returned, refused }: Told): Promise<Recorded> {
  if (!(await lockOrder(trx, orderId))) return { refunds: [], failed: [] };
  const known = await refundsOf(trx, orderId, intentId);
  const unnamed = new Map(known.filter((each) => each.provider_id === null).map((each) => [each.id, each]));
  for (const each of returned) {
    const row = known.find(({ provider_id: providerId }) => providerId === each.id) ?? unnamed.get(each.refundId ?? '');
    await recordOne(trx, { orderId, intentId }, row, each);
    if (row) unnamed.delete(row.id);
  }

  const total = await receivedOf(trx, orderId, intentId, known);
  const after = await refundsOf(trx, orderId, intentId);
  let left = total.amount - sumOf(after, total.currency).done;
  let overtaken = false;
  for (const { id, state, amount, provider_id: providerId } of after) {
    if (state !== 'open') continue;
    overtaken ||= amount > left;
    if (id === refused || amount > left) await endRefund(trx, id, 'failed', providerId);
    else left -= amount;
  }
  if (overtaken && !total.wanted) {
    const unwanted = { orderId, intentId, received: total.amount, currency: total.currency, reason: AUTOMATIC.paidTwice };
    await returnRest(trx, unwanted, await refundsOf(trx, orderId, intentId));
  }
  await reckon(trx, orderId, overtaken ? AUTOMATIC.ended : undefined);

  const refunds = await refundsOf(trx, orderId, intentId);
  const hadFailed = new Set(known.filter(({ state }) => state === 'failed').map(({ id }) => id));
  const failed = refunds.filter(({ id, state }) => state === 'failed' && !hadFailed.has(id) && known.some((each) => each.id === id));
  return { refunds, failed };
}

/** Money that somebody is owed and the shop has after all: nothing but this asks a person to act. Told once it is stored. */
export function tellFailed(log: Log, failed: readonly RefundRow[]): void {
  for (const { id: refundId, order_id: orderId, amount, currency } of failed) {
    log.error({ orderId, refundId, amount, currency }, 'money was not returned: the provider or a bank will not, or others were faster');
  }
}

/** A list may be older than what is known: what a bank has sent back never arrives after all, so that `failed` is the last word of a name. */
async function recordOne(trx: Trx, of: Pick<Told, 'orderId' | 'intentId'>, row: RefundRow | undefined, { id, amount, currency, state }: Returned): Promise<void> {
  if (!row) {
    const byHand = { id: derivedId(`refund\0${id}`), order_id: of.orderId, intent_id: of.intentId, amount, currency, reason: 'at the provider' };
    await insertEnded(trx, byHand, state, id);
    return;
  }
  const isLast = row.state === 'failed' && row.provider_id === id;
  if (!isLast && (row.state !== state || row.provider_id !== id)) await endRefund(trx, row.id, state, id);
}
