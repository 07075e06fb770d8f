import { inTransaction } from '@emall/runtime';
import type { Session } from '../payments/provider.ts';
import { findPayment, findUnprocessedEvent, markProcessed } from '../payments/queries.ts';
import { settle } from '../payments/settle.ts';
import { recordReturned, tellFailed } from '../refunds/record.ts';
import { PATIENT, type JobDeps } from './deps.ts';

/** What a stored webhook says, done once. */
export async function applyPaymentEvent(deps: JobDeps, { eventId }: { eventId: string }): Promise<void> {
  const event = await findUnprocessedEvent(deps.db, eventId);
  if (!event) return;
  const { session, returned } = deps.provider.readStoredEvent(event.payload);
  if (session) await applySession(deps, eventId, event.order_id, session);
  else if (returned) await applyReturned(deps, eventId, event.order_id, returned.intentId);
}

async function applySession({ db, provider, log }: JobDeps, eventId: string, orderId: string, session: Session): Promise<void> {
  const settled = await inTransaction(db, async (trx) => {
    const outcome = await settle(trx, orderId, session, 'by-webhook');
    if (outcome !== 'disagrees') await markProcessed(trx, eventId, outcome);
    return outcome;
  });
  if (settled !== 'disagrees') return;
  log.error({ orderId, eventId, amount: session.amount, currency: session.currency }, 'a payment event disagrees with the order: asking the provider');
  const truth = await provider.session(session.id, PATIENT);
  await inTransaction(db, async (trx) => {
    const outcome = truth?.orderId === orderId ? await settle(trx, orderId, truth, 'by-provider') : 'unchanged';
    await markProcessed(trx, eventId, `disagreed, then ${outcome}`);
  });
}

/** How much was returned counts as the provider says it now, not as it was when the event was written: events come in any order. */
async function applyReturned({ db, provider, log }: JobDeps, eventId: string, orderId: string, intentId: string): Promise<void> {
  const payment = await findPayment(db, orderId);
  // Returned before we were told that it was paid.
  const session = payment?.session_id && payment.intent_id === null ? await provider.session(payment.session_id, PATIENT) : undefined;
  const returned = await provider.refunds(intentId, PATIENT);
  const failed = await inTransaction(db, async (trx) => {
    if (session) await settle(trx, orderId, session, 'by-provider');
    const recorded = payment && (await recordReturned(trx, { orderId, intentId, returned }));
    await markProcessed(trx, eventId, 'looked up');
    return recorded?.failed ?? [];
  });
  tellFailed(log, failed);
}
