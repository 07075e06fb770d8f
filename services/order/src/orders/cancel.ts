import { inTransaction } from '@emall/runtime';
import { notCancellable } from '../errors.ts';
import { cancel } from '../payments/ending.ts';
import { type EndDeps, endUnpaid } from './end-unpaid.ts';
import { findOrder, lockOrder, type Order } from './queries.ts';
import { isCancellable } from './view.ts';

/** Less than nginx waits for an answer of ours: a silent provider must not look like a frozen replica. A repeat finds the session ended. */
const PROVIDER_TIMEOUT_MS = 1500;

/**
 * Ends an order at the shopper's wish, and answers how it stands then.
 * @throws notCancellable (409) when it was paid or sent meanwhile, unavailable (503) when the provider does not answer
 */
export async function cancelOrder(deps: EndDeps, order: Order): Promise<Order> {
  const { db } = deps;
  const { id } = order;
  if (order.state === 'awaiting_payment') await endUnpaid(deps, order, { timeoutMs: PROVIDER_TIMEOUT_MS });
  if (order.state === 'accepted') {
    await inTransaction(db, async (trx) => {
      const now = await lockOrder(trx, id);
      if (now && isCancellable(now)) await cancel(trx, now);
    });
  }
  const after = await findOrder(db, id);
  if (after?.state === 'cancelled') return after;
  throw notCancellable({ detail: after?.state === 'paid' ? 'The payment has arrived.' : 'Please ask us.' });
}
