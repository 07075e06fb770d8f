import { inTransaction } from '@emall/runtime';
import type { Database } from '../database.ts';
import { notCancellable } from '../errors.ts';
import type { PaymentProvider } from '../payments/provider.ts';
import { cancel } from '../payments/ending.ts';
import { endUnpaid } from './end-unpaid.ts';
import { findOrder, lockOrder, type Order } from './queries.ts';
import { isCancellable } from './view.ts';

const PROVIDER_TIMEOUT_MS = 4000;

/**
 * Ends an order at the shopper's wish, and answers how it stands then.
 * @throws notCancellable (409) when it was paid or sent meanwhile, unavailable (503) when the provider does not answer
 */
export async function cancelOrder({ db, provider }: { db: Database; provider: PaymentProvider }, order: Order): Promise<Order> {
  const { id } = order;
  if (order.state === 'awaiting_payment') await endUnpaid({ db, provider }, order, { timeoutMs: PROVIDER_TIMEOUT_MS });
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
