import type { OrderState } from '../database.ts';

const SOLD: ReadonlySet<OrderState> = new Set(['paid', 'accepted', 'shipped']);
const ENDED: ReadonlySet<OrderState> = new Set(['cancelled', 'refunded']);

/** What was ordered is the shopper's: paid, or due on delivery. */
export function isSold({ state }: { state: OrderState }): boolean {
  return SOLD.has(state);
}

/** Nothing is sold any more, and nothing can be. */
export function isEnded({ state }: { state: OrderState }): boolean {
  return ENDED.has(state);
}
