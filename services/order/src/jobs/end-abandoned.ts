import { signed } from '@emall/runtime';
import { release } from '../checkout/basket.ts';
import { claimAbandoned, endAbandoned, releaseClaim } from '../keys/queries.ts';
import { orderIdOf } from '../orders/identifiers.ts';
import { findOrder } from '../orders/queries.ts';
import type { JobDeps } from './deps.ts';

/**
 * A checkout whose process died, and that nobody repeats. What it reserved for an order that was never stored goes back;
 * an order that was stored is looked after by its own jobs. The key is claimed for as long as that takes, because a repeat
 * reserves anew: when this dies half-way, the claim lapses and another job begins again. Whoever was frozen on either side
 * and wakes up afterwards, a holder about to reserve or this job about to give back, comes to catalog with an outdated attempt.
 */
export async function endAbandonedCheckout({ db, catalog, identityKey }: JobDeps, { shopper, key }: { shopper: string; key: string }): Promise<void> {
  const claim = await claimAbandoned(db, shopper, key);
  if (!claim) return;
  const orderId = orderIdOf(shopper, key);
  try {
    if (!(await findOrder(db, orderId))) await release({ catalog }, signed({ shopper, caller: 'order', key: identityKey }), orderId, claim.attempt);
    await endAbandoned(db, claim);
  } catch (error) {
    // The shopper may order meanwhile, and this job come again.
    await releaseClaim(db, claim).catch(() => undefined);
    throw error;
  }
}
