import { unavailable } from '@emall/runtime';
import { alreadyPaid } from '../errors.ts';
import { type EndDeps, endUnpaid } from '../orders/end-unpaid.ts';
import { type Links, orderNumber } from '../orders/identifiers.ts';
import { getOrder } from '../orders/queries.ts';
import { type BasketDeps, release, type Signing } from './basket.ts';

export interface EarlierDeps extends BasketDeps, EndDeps {
  links: Links;
}

/** Of the 1.6 s that the shopper waits for the new order: who is told 503 in time need not ask a second time what became of it. */
const PROVIDER_TIMEOUT_MS = 1000;

/**
 * Ends an order that its shopper did not pay and now replaces, as a cancellation would. What it held goes back before this
 * returns, so that the shopper's own last unit is not sold out to them; the job that a cancellation writes is for when we fail.
 * @throws alreadyPaid (409) when the shopper paid it meanwhile, unavailable (503) when provider or catalog does not answer
 */
export async function endEarlier(deps: EarlierDeps, headers: Signing, id: string): Promise<void> {
  const { db, links } = deps;
  const earlier = await getOrder(db, id);
  if (earlier.state === 'awaiting_payment') await endUnpaid(deps, earlier, { timeoutMs: PROVIDER_TIMEOUT_MS });
  const { state } = await getOrder(db, id);
  if (state === 'cancelled' || state === 'refunded') return await release(deps, headers(), id);
  if (state === 'awaiting_payment') throw unavailable({ cause: new Error(`order ${id} still awaits payment after it was ended`) });
  const number = orderNumber(id);
  throw alreadyPaid({
    detail: `Your order ${number} has already been paid, so nothing more was ordered or charged.`,
    extra: { order: { id, number, link: links.urlOf(id) } },
  });
}
