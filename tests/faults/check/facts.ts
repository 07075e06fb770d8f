import type { Call, Outcome } from '../history/call.ts';
import type { LineRow, OrderRow } from '../history/rows.ts';
import type { World } from './world.ts';

/** All calls with one payload under one key of one shopper: what a client believes to be one checkout. */
export interface Checkout {
  shopper: string;
  key: string;
  /** Stands in the order that the payload makes, and in no other. */
  line1: string;
  calls: readonly Call[];
  /** Orders in the shop's tables that this payload made. */
  orders: readonly OrderRow[];
}

/** The records of a world, put together by what they are about. */
export interface Facts {
  world: World;
  checkouts: readonly Checkout[];
  order(id: string): OrderRow | undefined;
  /** What the provider took for an order and returned, in minor units; of all currencies when none is named. */
  charged(orderId: string, currency?: string): number;
  returned(orderId: string, currency?: string): number;
  /** What it should have kept. */
  owed(order: OrderRow): number;
  /** Whom the shop takes a shopper for. */
  buyerOf(shopper: string): string | undefined;
  callsOf: ReadonlyMap<string, readonly Call[]>;
}

export function factsOf(world: World): Facts {
  const { calls, after, ledger } = world;
  const orders = new Map(after.orders.map((order) => [order.id, order]));
  const byLine = Map.groupBy(after.orders, ({ line1 }) => line1);
  const payloads = Map.groupBy(calls.filter(({ kind }) => kind === 'order'), ({ shopper, key, ask }) => `${shopper} ${key} ${ask?.line1}`);
  const charged = sums(ledger.charges.filter(({ status }) => status === 'succeeded'));
  const returned = sums(ledger.refunds);
  const buyers = buyersOf(world);
  return {
    world,
    checkouts: [...payloads.values()].map((group) => {
      const { shopper = '', key = '', ask } = group[0] ?? {};
      const line1 = ask?.line1 ?? '';
      return { shopper, key, line1, calls: group, orders: byLine.get(line1) ?? [] };
    }),
    order: (id) => orders.get(id),
    charged: (id, currency = '') => charged.get(`${id} ${currency}`) ?? 0,
    returned: (id, currency = '') => returned.get(`${id} ${currency}`) ?? 0,
    owed: (order) => (isSold(order) && order.paymentMethod === 'card' ? order.total : 0),
    buyerOf: (shopper) => buyers.get(shopper),
    callsOf: Map.groupBy(calls, ({ shopper }) => shopper),
  };
}

const SOLD = new Set(['paid', 'accepted', 'shipped']);
const ENDED = new Set(['cancelled', 'refunded']);

export function isSold({ state }: { state: string }): boolean {
  return SOLD.has(state);
}

export function isLive({ state }: { state: string }): boolean {
  return !ENDED.has(state);
}

/** One ok makes a checkout ok; without any, one unknown answer leaves it unknown. */
export function outcomeOf(calls: readonly Call[]): Outcome {
  if (calls.some(({ outcome }) => outcome === 'ok')) return 'ok';
  return calls.some(({ outcome }) => outcome === 'info') ? 'info' : 'fail';
}

/** Units of each SKU. */
export function units(holders: readonly { lines: readonly LineRow[] }[]): Map<string, number> {
  const total = new Map<string, number>();
  for (const { sku, quantity } of holders.flatMap(({ lines }) => lines)) total.set(sku, (total.get(sku) ?? 0) + quantity);
  return total;
}

export function sameLines(some: readonly LineRow[], others: readonly LineRow[]): boolean {
  const text = (lines: readonly LineRow[]) => lines.map(({ sku, quantity }) => `${quantity} ${sku}`).sort().join();
  return text(some) === text(others);
}

/** By order and currency, and by order alone. */
function sums(records: readonly { order: string | null; amount: number; currency: string }[]): Map<string, number> {
  const total = new Map<string, number>();
  for (const { order, amount, currency } of records) {
    for (const key of [`${order} `, `${order} ${currency.toUpperCase()}`]) total.set(key, (total.get(key) ?? 0) + amount);
  }
  return total;
}

/** By the keys of adds that only this guest can have sent. */
function buyersOf({ calls, after }: World): Map<string, string> {
  const buyerOfKey = new Map(after.adds.map(({ key, buyer }) => [key, buyer]));
  const buyers = new Map<string, string>();
  for (const { shopper, key = '', kind, outcome, unknown } of calls) {
    const buyer = kind === 'add' && (outcome === 'ok' || unknown === undefined) ? buyerOfKey.get(key) : undefined;
    if (buyer !== undefined) buyers.set(shopper, buyer);
  }
  return buyers;
}
