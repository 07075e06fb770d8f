import type { Cart, Order } from '../../shared/shapes.ts';
import { isPlaced } from './states.ts';

/** An order is paid within minutes or not at all, so an older one has long left the cart; what is in it was put there again. */
const A_MOMENT_MS = 3_600_000;

/** Seconds before each look at the cart, which a job empties soon after the payment. Whoever waits longer sees it on the next page of theirs. */
const PAUSES = [1, 1, 2, 4, 8];

/** Whether what was ordered a moment ago is still counted in the cart. */
export function isBeingEmptied(cart: Cart, order: Order, now: Date): boolean {
  const ordered = new Set(order.lines.map(({ sku }) => sku));
  return isPlaced(order.state) && now.getTime() - Date.parse(order.placedAt) < A_MOMENT_MS && cart.lines.some(({ sku }) => ordered.has(sku));
}

interface CountAgainProps {
  /** Items at the last look; another number ends the looking. */
  had: number;
  /** How often it was looked already. */
  looks: number;
}

/** Asks how many items the cart holds now, for the badge. Shows nothing itself. */
export function CountAgain({ had, looks }: CountAgainProps) {
  const pause = PAUSES[looks];
  if (pause === undefined) return '';
  return <div hidden hx-get={`/cart/count?had=${had}&looks=${looks + 1}`} hx-trigger={`load delay:${pause}s`} hx-swap="outerHTML"></div>;
}
