import type { Cart, CartLine, Order } from '../../shared/shapes.ts';
import { heldBy } from '../orders/waiting.ts';

/** Lines with these cannot be ordered as they are. */
const BLOCKING = new Set<CartLine['problem']>(['sold-out', 'only-n-left', 'removed']);
const SHORT = new Set<CartLine['problem']>(['sold-out', 'only-n-left']);

export function isBlocked({ lines }: Cart): boolean {
  return lines.some(({ problem }) => BLOCKING.has(problem));
}

/** True when there is not enough of something. */
export function isShort({ lines }: Cart): boolean {
  return lines.some(({ problem }) => SHORT.has(problem));
}

/** True when there is not enough of something that this order holds. */
export function isShortOf({ lines }: Cart, order: Order): boolean {
  const held = heldBy(order);
  return lines.some(({ sku, problem }) => SHORT.has(problem) && held.has(sku));
}
