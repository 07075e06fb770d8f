import type { Database } from '../database.ts';
import type { PaymentProvider, Within } from '../payments/provider.ts';
import { findPayment } from '../payments/queries.ts';
import { cancel, endPayment, settle } from '../payments/settle.ts';
import { lockOrder, type Order } from './queries.ts';

/**
 * Ends an unpaid order. Its session goes first, so that nobody can pay for stock that is no longer held; when the shopper
 * was faster, the order is paid instead. @throws unavailable (503) when the provider does not say: then nothing has changed
 */
export async function endUnpaid({ db, provider }: { db: Database; provider: PaymentProvider }, order: Order, within: Within): Promise<void> {
  const { id } = order;
  const sessionId = order.payment?.session_id;
  if (sessionId) {
    const session = await provider.expire(sessionId, within);
    if (session.state === 'open') throw new Error(`session ${session.id} is still open after it was expired`);
    await db.transaction().execute((trx) => settle(trx, id, session, 'by-provider'));
    return;
  }
  await db.transaction().execute(async (trx) => {
    const now = await lockOrder(trx, id);
    if (now?.state !== 'awaiting_payment') return;
    // Recorded since we looked: the next attempt ends it at the provider. Otherwise nobody was ever given a way to pay.
    if ((await findPayment(trx, id))?.session_id) throw new Error(`order ${id} was given a session just now`);
    await endPayment(trx, id, { state: 'expired' });
    await cancel(trx, now);
  });
}
