import { signed } from '@emall/runtime';
import { HOLD_MARGIN_S, reserve } from '../checkout/basket.ts';
import { endUnpaid } from '../orders/end-unpaid.ts';
import { findOrder } from '../orders/queries.ts';
import { PATIENT, type JobDeps } from './deps.ts';

/** The hold has lapsed: ends an order that nobody has paid. Until the provider has said so, its units stay held. */
export async function expireOrder(deps: JobDeps, { orderId }: { orderId: string }): Promise<void> {
  const { db, identityKey, log } = deps;
  const order = await findOrder(db, orderId);
  if (order?.state !== 'awaiting_payment') return;
  try {
    await endUnpaid(deps, order, PATIENT);
  } catch (error) {
    const headers = signed({ shopper: order.shopper, caller: 'order', key: identityKey });
    const held = reserve(deps, headers, { orderId, lines: order.lines, holdSeconds: HOLD_MARGIN_S });
    await held.catch((cause: unknown) => log.warn({ err: cause, orderId }, 'an order that can still be paid is no longer held'));
    throw error;
  }
}
