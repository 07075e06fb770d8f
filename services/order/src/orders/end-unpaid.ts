import { inTransaction, type Log, unavailable } from '@emall/runtime';
import type { Database } from '../database.ts';
import { cancel, endPayment } from '../payments/ending.ts';
import type { PaymentProvider, Within } from '../payments/provider.ts';
import { databaseClock, findPayment } from '../payments/queries.ts';
import { settle } from '../payments/settle.ts';
import { lockOrder, type Order } from './queries.ts';

export interface EndDeps {
  db: Database;
  provider: PaymentProvider;
  log: Log;
}

/**
 * Ends an unpaid order. Its session goes first, so that nobody can pay for stock that is no longer held; when the shopper
 * was faster, the order is paid instead. @throws unavailable (503) when the provider does not say: then nothing has changed
 */
export async function endUnpaid(deps: EndDeps, order: Order, within: Within): Promise<void> {
  const { db, provider } = deps;
  const { id } = order;
  const sessionId = order.payment?.session_id ?? (await endUnlessOpened(db, id, null));
  if (sessionId === null) return;
  const session = await provider.expire(sessionId, within);
  if (!session) return await endForgotten(deps, order, sessionId);
  if (session.state === 'open') throw unavailable({ cause: new Error(`session ${session.id} is still open after it was expired`) });
  await inTransaction(db, (trx) => settle(trx, id, session, 'by-provider'));
}

/**
 * Its session is not known to the provider: it was opened at another account, or the provider has lost its books. Where it
 * was opened it may still be paid until it ends by itself; then the shopper must not wait for it any longer.
 */
async function endForgotten({ db, provider, log }: EndDeps, { id, placed_at: placedAt, hold_until: holdUntil }: Order, sessionId: string): Promise<void> {
  if (!holdUntil || (await databaseClock(db)) < provider.endOf({ placedAt, holdUntil }).getTime()) {
    throw unavailable({ cause: new Error(`session ${sessionId} is not known to the provider, and may be open elsewhere`) });
  }
  await endUnlessOpened(db, id, sessionId);
  log.error({ orderId: id, sessionId }, 'an order was ended although the payment provider does not know its session: is it still the same account?');
}

/** Ends an order that nobody can pay, or tells the session that was recorded since we looked. */
async function endUnlessOpened(db: Database, id: string, known: string | null): Promise<string | null> {
  return await inTransaction(db, async (trx) => {
    const order = await lockOrder(trx, id);
    if (order?.state !== 'awaiting_payment') return null;
    const sessionId = (await findPayment(trx, id))?.session_id ?? null;
    if (sessionId !== known) return sessionId;
    await endPayment(trx, id, { state: 'expired' });
    await cancel(trx, order);
    return null;
  });
}
