import { inTransaction, unavailable } from '@emall/runtime';
import type { Database } from '../database.ts';
import { cancel, endPayment } from '../payments/ending.ts';
import type { PaymentProvider, Within } from '../payments/provider.ts';
import { findPayment } from '../payments/queries.ts';
import { settle } from '../payments/settle.ts';
import { lockOrder, type Order } from './queries.ts';

/**
 * Ends an unpaid order. Its session goes first, so that nobody can pay for stock that is no longer held; when the shopper
 * was faster, the order is paid instead. @throws unavailable (503) when the provider does not say: then nothing has changed
 */
export async function endUnpaid({ db, provider }: { db: Database; provider: PaymentProvider }, order: Order, within: Within): Promise<void> {
  const { id } = order;
  const sessionId = order.payment?.session_id ?? (await endUnopened(db, id));
  if (sessionId === null) return;
  const session = await provider.expire(sessionId, within);
  if (session.state === 'open') throw unavailable({ cause: new Error(`session ${session.id} is still open after it was expired`) });
  await inTransaction(db, (trx) => settle(trx, id, session, 'by-provider'));
}

/** Ends an order that nobody was ever given a way to pay, or tells the session that was recorded since we looked. */
async function endUnopened(db: Database, id: string): Promise<string | null> {
  return await inTransaction(db, async (trx) => {
    const order = await lockOrder(trx, id);
    if (order?.state !== 'awaiting_payment') return null;
    const sessionId = (await findPayment(trx, id))?.session_id;
    if (sessionId) return sessionId;
    await endPayment(trx, id, { state: 'expired' });
    await cancel(trx, order);
    return null;
  });
}
