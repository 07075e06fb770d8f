import type { Call } from '../history/call.ts';
import { type Facts, isSold, outcomeOf } from './facts.ts';
import { type Violation, violated, when } from './violation.ts';

/** Adds that came with one key count once. `from` and `to`: when they may have happened. */
interface Add {
  quantity: number;
  certain: boolean;
  from: number;
  to: number;
}

interface Bounds {
  least: number;
  most: number;
}

/**
 * I14: what is in a cart at rest is what was added, less what was taken out and what was ordered. What nobody got an answer
 * to may have happened or not. And nobody has bought more than was put in.
 */
export function cartsAreSafe({ callsOf, buyerOf, world: { after } }: Facts): Violation[] {
  const carts = new Map(after.carts.map(({ buyer, lines }) => [buyer, lines]));
  const ordersOf = Map.groupBy(after.orders, ({ buyer }) => buyer);
  return [...callsOf].flatMap(([shopper, calls]) => {
    const buyer = buyerOf(shopper);
    const lines = carts.get(buyer ?? '') ?? [];
    const skus = new Set([...calls.flatMap(({ sku }) => sku ?? []), ...lines.map(({ sku }) => sku)]);
    return [...skus].flatMap((sku) => {
      const orders = (ordersOf.get(buyer ?? '') ?? []).map((order) => ({ order, quantity: order.lines.find((line) => line.sku === sku)?.quantity ?? 0 }));
      const adds = addsOf(calls, sku);
      const sold = sum(orders.filter(({ order }) => isSold(order)));
      const there = lines.find((line) => line.sku === sku)?.quantity ?? 0;
      const { least, most } = boundsOf(calls, sku, adds, orders);
      return [
        when(there < least || there > most, violated('I14', `${shopper} has ${there} of ${sku} in the cart instead of ${least === most ? least : `${least} to ${most}`}`)),
        when(sold > sum(adds), violated('I14', `${shopper} bought ${sold} of ${sku} and had put ${sum(adds)} into the cart`)),
      ].flat();
    });
  });
}

function addsOf(calls: readonly Call[], sku: string): Add[] {
  const groups = Map.groupBy(calls.filter((call) => call.kind === 'add' && call.sku === sku), ({ key }) => key);
  return [...groups.values()].flatMap((group) => {
    const outcome = outcomeOf(group);
    const [first] = group;
    // What came of the unanswered add of a stranger belongs to a guest that nobody is.
    if (outcome === 'fail' || first === undefined || (outcome === 'info' && first.unknown)) return [];
    return [{ quantity: first.quantity ?? 0, certain: outcome === 'ok', from: Math.min(...group.map(({ start }) => start)), to: outcome === 'ok' ? Math.max(...group.map(({ end }) => end)) : Infinity }];
  });
}

/** Counted from the last time at which the line was surely taken out. */
function boundsOf(calls: readonly Call[], sku: string, adds: readonly Add[], orders: readonly { order: Facts['world']['after']['orders'][number]; quantity: number }[]): Bounds {
  const removals = calls.filter((call) => call.kind === 'empty' || (call.kind === 'set' && call.sku === sku));
  const last = removals.filter(({ outcome }) => outcome === 'ok').sort((a, b) => b.start - a.start)[0];
  const [begins, ends] = [last?.start ?? -Infinity, last?.end ?? -Infinity];
  // One that nobody got an answer to may be carried out long after what followed it.
  const maybeRemoved = removals.some(({ outcome }) => outcome === 'info');
  const surelyAfter = sum(adds.filter(({ certain, from }) => certain && from >= ends));
  const maybeAfter = sum(adds.filter(({ to }) => to > begins));
  // A cart may be cleared long after its order, and of an order that was cancelled meanwhile.
  const maybeCleared = sum(orders);
  const orderedAfter = new Set(calls.filter(({ kind, start }) => kind === 'order' && start >= ends).map(({ ask }) => ask?.line1));
  const surelyCleared = maybeRemoved ? 0 : sum(orders.filter(({ order }) => isSold(order) && orderedAfter.has(order.line1)));
  return { least: maybeRemoved ? 0 : Math.max(0, surelyAfter - maybeCleared), most: Math.max(0, maybeAfter - surelyCleared) };
}

function sum(list: readonly { quantity: number }[]): number {
  return list.reduce((total, { quantity }) => total + quantity, 0);
}
