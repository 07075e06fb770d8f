import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from '../history/call.ts';
import { look } from './aftercare.ts';
import { enter } from './basket.ts';
import { checkOut } from './checkout.ts';
import { inStreet, type Visit } from './drive.ts';
import { pageOf, pay } from './pay.ts';
import { type Answer, Shopper } from './shopper.ts';

/** Of a SKU there may be much left. */
const MOST_BOUGHT = 6;
const CONFIRMED_MS = 20_000;
const SOLD_OUT = new Set(['sold-out', 'out-of-stock']);

/** What is left, in units of each SKU. */
export type Left = ReadonlyMap<string, number>;

/**
 * The quiet time at the end, to be begun at rest: fresh shoppers buy what is left, one unit at a time, at every door and
 * both ways to pay, and nobody hangs up. Returns what the shop failed to do for them; nothing breaks it any more.
 */
export async function driveQuietly(visit: Visit, left: Left): Promise<string[]> {
  const complaints: string[] = [];
  const doors = [visit.edge, ...visit.gateways];
  await inStreet(visit, 'closing', async (street) => {
    for (const [index, { sku }] of visit.skus.entries()) {
      const units = left.get(sku) ?? 0;
      for (let bought = 0; bought <= Math.min(units, MOST_BOUGHT - 1); bought += 1) {
        const ordinal = `${index}-${bought}`;
        const at = { ...street, doors: [doors[(index + bought) % doors.length] ?? visit.edge] };
        const shopper = new Shopper(at, visit.random.fork(ordinal), `${visit.prefix}-closing-${ordinal}`);
        const complaint = bought < units ? await buys(shopper, sku, index % 2 === 0 && bought === 0) : await isRefused(shopper, sku);
        if (complaint !== undefined) complaints.push(`${complaint}, while ${units - bought} of ${sku} were left`);
      }
    }
  });
  return complaints;
}

async function buys(shopper: Shopper, sku: string, byCard: boolean): Promise<string | undefined> {
  const [placed] = await order(shopper, sku, byCard);
  if (placed === undefined) return `${shopper.name} could not order: ${lastOf(shopper)}`;
  return byCard ? paysFor(shopper, placed) : undefined;
}

async function paysFor(shopper: Shopper, placed: Answer): Promise<string | undefined> {
  const { order: id = '' } = placed.call;
  const page = pageOf(placed);
  if (page === undefined) return `${shopper.name} was told no page to pay order ${id} on`;
  const said = await pay(shopper, page, id);
  if (said !== 'paid') return `${shopper.name} could not pay order ${id}: ${said ?? 'no answer'}`;
  const end = Date.now() + CONFIRMED_MS;
  for (;;) {
    const { call } = await look(shopper, id);
    if (call.state === 'paid') return undefined;
    if (Date.now() > end) return `order ${id} was paid, and is still ${call.state}`;
    await sleep(200);
  }
}

/** Nothing is left: it must be said so, and not otherwise. */
async function isRefused(shopper: Shopper, sku: string): Promise<string | undefined> {
  const placed = await order(shopper, sku, false);
  const { code = '' } = lastCallOf(shopper) ?? {};
  return placed.length === 0 && SOLD_OUT.has(code) ? undefined : `${shopper.name} was not told that it is sold out: ${lastOf(shopper)}`;
}

async function order(shopper: Shopper, sku: string, byCard: boolean): Promise<Answer[]> {
  return (await enter(shopper, sku)) ? checkOut(shopper, 'plainly', byCard ? 'card' : 'on_delivery') : [];
}

function lastCallOf({ name, street }: Shopper): Call | undefined {
  return street.history.calls().findLast(({ shopper }) => shopper === name);
}

function lastOf(shopper: Shopper): string {
  const call = lastCallOf(shopper);
  return call === undefined ? 'no call' : `${call.kind} ${call.status} ${call.code ?? ''}`.trim();
}
