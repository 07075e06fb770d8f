import { inTransaction } from '@emall/runtime';
import { findOrder, secondsToPay } from '../orders/queries.ts';
import { settle } from '../payments/settle.ts';
import { addJobs, followJobs } from './add-jobs.ts';
import { type JobDeps, PATIENT } from './deps.ts';

/** Asks the provider once a minute how a payment stands: its webhook may never come, and the shopper may not come back. */
export async function followPayment({ db, provider }: JobDeps, { orderId }: { orderId: string }): Promise<void> {
  const order = await findOrder(db, orderId);
  if (order?.state !== 'awaiting_payment') return;
  const sessionId = order.payment?.session_id;
  const session = sessionId ? await provider.session(sessionId, PATIENT) : undefined;
  await inTransaction(db, async (trx) => {
    if (session) await settle(trx, orderId, session, 'by-provider');
    const next = followJobs(orderId, (await secondsToPay(trx, orderId)) ?? 0);
    if (next.length > 0) await addJobs(trx, next);
  });
}
