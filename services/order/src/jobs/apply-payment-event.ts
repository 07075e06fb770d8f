import { findPayment, findUnprocessedEvent, markProcessed } from '../payments/queries.ts';
import { settle } from '../payments/settle.ts';
import { PATIENT, type JobDeps } from './deps.ts';

/** What a stored webhook says, done once. */
export async function applyPaymentEvent({ db, provider, log }: JobDeps, { eventId }: { eventId: string }): Promise<void> {
  const event = await findUnprocessedEvent(db, eventId);
  if (!event) return;
  const { session } = provider.readStoredEvent(event.payload);
  if (!session) return;
  const orderId = event.order_id;
  const settled = await db.transaction().execute(async (trx) => {
    const outcome = await settle(trx, orderId, session, 'by-webhook');
    if (outcome !== 'disagrees') await markProcessed(trx, eventId, outcome);
    return outcome;
  });
  if (settled !== 'disagrees') return;
  log.error({ orderId, eventId, amount: session.amount, currency: session.currency }, 'a payment event disagrees with the order: asking the provider');
  // The session we opened is the one that counts, whatever the event names.
  const truth = await provider.session((await findPayment(db, orderId))?.session_id ?? session.id, PATIENT);
  await db.transaction().execute(async (trx) => {
    const outcome = await settle(trx, orderId, truth, 'by-provider');
    await markProcessed(trx, eventId, `disagreed, then ${outcome}`);
  });
}
