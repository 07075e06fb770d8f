import { inTransaction, type Log, ProblemError } from '@emall/runtime';
import type { Database } from '../database.ts';
import type { Order } from '../orders/queries.ts';
import type { PaymentProvider } from './provider.ts';
import { mayAsk } from './queries.ts';
import { settle } from './settle.ts';

/** Somebody waits for the page: better an older state than a slow one. */
const PATIENCE_MS = 1500;

/**
 * A shopper who comes back from the provider may be faster than its webhook: then we ask. True when the order may be another one now.
 * A provider that does not answer changes nothing; its webhook and the end of the hold still will.
 */
export async function askProvider({ db, provider, log }: { db: Database; provider: PaymentProvider; log: Log }, order: Order): Promise<boolean> {
  const sessionId = order.payment?.session_id;
  if (order.state !== 'awaiting_payment' || !sessionId) return false;
  // Somebody asked just now, or the webhook came since this order was read.
  if (!(await mayAsk(db, order.id))) return true;
  try {
    const session = await provider.session(sessionId, { timeoutMs: PATIENCE_MS });
    if (!session) {
      log.warn({ orderId: order.id }, 'the payment provider does not know a session that it opened');
      return false;
    }
    await inTransaction(db, (trx) => settle(trx, order.id, session, 'by-provider'));
    // Also when the webhook came while we asked and there was nothing left to change: our order is from before it.
    return session.state !== 'open';
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    log.warn({ err: error, orderId: order.id }, 'the payment provider did not say how a payment stands');
    return false;
  }
}
