import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../local/shop.ts';
import { type CardOrder, payFor, type Placed, readyToOrder } from './card-orders.ts';
import type { Target } from './target.ts';

/** Before the end of its hold a shopper still pays: as late as a busy machine can be trusted to be in time. */
const JUST_BEFORE_MS = 2000;
/** RELIABILITY: whatever is to be undone is undone within this after its hold. */
const BOUND_MS = 60_000;

export interface Holds {
  /** What orders that were paid just before their end became. */
  paid: string[];
  /** How long after its end an order that nobody paid was ended: below 0 too early. */
  lapsedAfterMs: number[];
}

/** Some order by card: half of them pay at the last moment, and the others never. By the clock of this process, which nobody shifts. */
export async function liveThroughHolds(target: Target, count: number): Promise<Holds> {
  const ready = await readyToOrder(target, count);
  const paid: Promise<string>[] = [];
  const lapsed: Promise<number>[] = [];
  for (const [index, each] of ready.entries()) {
    if (index % 2 === 0) paid.push(payAtTheEnd(each));
    else lapsed.push(letLapse(each));
  }
  return { paid: await Promise.all(paid), lapsedAfterMs: await Promise.all(lapsed) };
}

async function payAtTheEnd(order: CardOrder): Promise<string> {
  const placed = await place(order);
  await sleep((await endOf(order, placed)) - JUST_BEFORE_MS - Date.now());
  const said = await payFor(placed);
  if (said !== 'paid') return `the provider's page said ${said}`;
  let state = '';
  await until(async () => (state = (await look(order, placed)).state) !== 'awaiting_payment', BOUND_MS, () => 'a paid order stays unpaid');
  return state;
}

async function letLapse(order: CardOrder): Promise<number> {
  const placed = await place(order);
  const end = await endOf(order, placed);
  await until(async () => (await look(order, placed)).state === 'cancelled', BOUND_MS, () => 'an order that nobody paid was not ended');
  return Date.now() - end;
}

async function place(order: CardOrder): Promise<Placed> {
  const placed = await order.persist();
  if (placed.status !== 201) throw new Error(`an order was answered with ${placed.status}`);
  return placed;
}

/** As the shopper is told. */
async function endOf(order: CardOrder, placed: Placed): Promise<number> {
  const { payment } = await look(order, placed);
  const end = Date.parse(payment.payUntil ?? '');
  if (Number.isNaN(end)) throw new Error('nobody says until when the order can be paid');
  return end;
}

async function look({ shopper }: CardOrder, { body }: Placed): Promise<{ state: string; payment: { payUntil?: string } }> {
  return (await shopper.persist<{ state: string; payment: { payUntil?: string } }>('GET', `/api/orders/${body.id}`, undefined)).body;
}
