import { unavailable } from '@emall/runtime';
import type { Trx } from '../database.ts';
import { addJobs, soldJobs } from '../jobs/add-jobs.ts';
import { lockOrder } from '../orders/queries.ts';
import { AUTOMATIC, reckon, returnRest } from '../refunds/reckon.ts';
import { cancel, changeState, endPayment } from './ending.ts';
import { findPayment } from './queries.ts';
import type { Session } from './provider.ts';

/**
 * - `paid`, `cancelled`: the order became so now
 * - `returning`: money came for an order that cannot have it, and goes back
 * - `unchanged`: nothing new
 * - `disagrees`: a webhook names another session, amount or currency than was agreed, or no payment; nothing was done
 */
export type Settled = 'paid' | 'cancelled' | 'returning' | 'unchanged' | 'disagrees';

/**
 * The one place where what a provider says of a session changes an order. It takes webhooks and answers in any order, any
 * number of times: a session ends once, as paid or as expired, and the order is locked while it is compared.
 * @param told who says it: a webhook that disagrees is looked into, the provider's own answer that disagrees is
 *   money we did not agree on, which goes back
 * @throws unavailable (503) when the provider says `paid` and does not name the payment
 */
export async function settle(trx: Trx, orderId: string, session: Session, told: 'by-webhook' | 'by-provider'): Promise<Settled> {
  const order = await lockOrder(trx, orderId);
  const payment = await findPayment(trx, orderId);
  if (!order || !payment || session.state === 'open') return 'unchanged';
  const ours = payment.session_id === null || payment.session_id === session.id;

  if (session.state === 'expired') {
    if (!ours || order.state !== 'awaiting_payment') return 'unchanged';
    await endPayment(trx, orderId, { state: 'expired' });
    await cancel(trx, order);
    return 'cancelled';
  }

  const { amount, currency, intentId } = session;
  if (intentId === undefined) {
    // Money without a name could be neither returned nor known again.
    if (told === 'by-webhook') return 'disagrees';
    throw unavailable({ cause: new Error(`the payment of session ${session.id} has no name at the provider`) });
  }
  const sameCurrency = currency === payment.currency;
  const agreed = ours && amount === payment.amount && sameCurrency;
  if (!agreed && told === 'by-webhook') return 'disagrees';
  const unwanted = { orderId, intentId, received: amount, currency };
  if (!ours) return (await returnRest(trx, { ...unwanted, reason: AUTOMATIC.paidTwice }, [])) ? 'returning' : 'unchanged';
  if (payment.intent_id !== null) return 'unchanged';

  // What came in another currency is not counted in ours.
  const money = { session_id: session.id, intent_id: intentId, received: sameCurrency ? amount : 0 };
  if (agreed && order.state === 'awaiting_payment') {
    await endPayment(trx, orderId, { state: 'paid', ...money });
    await changeState(trx, orderId, 'paid');
    await addJobs(trx, soldJobs(orderId));
    return 'paid';
  }
  const reason = agreed ? AUTOMATIC.ended : AUTOMATIC.otherAmount;
  await endPayment(trx, orderId, { state: 'refunding', ...money });
  if (order.state === 'awaiting_payment') await cancel(trx, order);
  if (!sameCurrency) await returnRest(trx, { ...unwanted, reason }, []);
  await reckon(trx, orderId, reason);
  return 'returning';
}
