import { setTimeout as sleep } from 'node:timers/promises';
import type { Call, Phase } from '../history/call.ts';
import type { History } from '../history/history.ts';
import type { Random } from '../random.ts';
import { lookAfter } from './aftercare.ts';
import { enter, fill, pickSku, plentiful } from './basket.ts';
import { checkOut } from './checkout.ts';
import { Client } from './client.ts';
import { Shopper, type Street } from './shopper.ts';

export interface StockedSku {
  sku: string;
  stock: number;
  /** More wanted than there are. */
  hot: boolean;
}

export interface Visit {
  /** http://127.0.0.1:8080 */
  edge: string;
  /** Addresses of both gateways. */
  gateways: readonly string[];
  random: Random;
  skus: readonly StockedSku[];
  history: History;
  /** Lower-case letters, digits and dashes, which begin the names of all shoppers and of nothing else in the shop's tables. */
  prefix: string;
}

export interface DriveOptions extends Visit {
  /** How many are in the shop at once. */
  shoppers: number;
  /** When nobody comes any more. */
  until: AbortSignal;
}

/** Checkouts are told apart by shopper and key. ok: an answer was 201. fail: none was, and the last was a refusal. */
export interface DriveSummary {
  checkouts: number;
  ok: number;
  fail: number;
  info: number;
  calls: number;
}

const PAUSE_AFTER_NOTHING_MS = 100;
/** Of a hot SKU there may be much left when its shoppers were kept away. */
const MOST_BOUGHT_QUIETLY = 25;

/** Shoppers come and buy until told to stop; resolves when nothing of theirs is under way. Never throws for what the shop does. */
export async function drive(options: DriveOptions): Promise<DriveSummary> {
  return inStreet(options, 'rush', async (street) => {
    let count = 0;
    const slot = async () => {
      while (!options.until.aborted) {
        const ordinal = (count += 1);
        await live(new Shopper(street, options.random.fork(ordinal), `${options.prefix}-${ordinal}`), options.skus);
      }
    };
    await Promise.all(Array.from({ length: options.shoppers }, slot));
  });
}

/** The quiet time at the end, to be begun when all holds have lapsed: fresh shoppers buy what is left, one unit at a time. */
export async function driveQuietly(options: Visit): Promise<DriveSummary> {
  return inStreet(options, 'closing', async (street) => {
    for (const [index, { sku, hot }] of options.skus.entries()) {
      for (let bought = 0; bought < (hot ? MOST_BOUGHT_QUIETLY : 1); bought += 1) {
        const name = `${options.prefix}-${sku.toLowerCase()}-${bought}`;
        const shopper = new Shopper(street, options.random.fork(`${index}-${bought}`), name);
        if (!(await enter(shopper, sku))) break;
        if ((await checkOut(shopper, 'plainly', 'on_delivery')).length === 0) break;
      }
    }
  });
}

async function live(shopper: Shopper, skus: readonly StockedSku[]): Promise<void> {
  const { random } = shopper;
  const entered = (await enter(shopper, pickSku(shopper, skus), random.int(1, 2))) || (await enter(shopper, random.pick(plentiful(skus)).sku));
  if (!entered) {
    await sleep(PAUSE_AFTER_NOTHING_MS);
    return;
  }
  const visits = random.pick([1, 1, 1, 2, 3]);
  for (let visit = 0; visit < visits; visit += 1) {
    await fill(shopper, skus, visit === 0 ? 0 : 1);
    for (const placed of await checkOut(shopper)) await lookAfter(shopper, placed);
  }
}

async function inStreet({ edge, gateways, history, prefix }: Visit, phase: Phase, work: (street: Street) => Promise<void>): Promise<DriveSummary> {
  const client = new Client();
  const before = history.calls().length;
  try {
    await work({ edge, gateways, history, prefix, phase, client, keys: [], orders: [] });
  } finally {
    await client.close();
  }
  return summarise(history.calls().slice(before));
}

function summarise(calls: readonly Call[]): DriveSummary {
  const checkouts = Map.groupBy(calls.filter(({ kind }) => kind === 'order'), ({ shopper, key }) => `${shopper} ${key}`);
  const outcomes = [...checkouts.values()].map((group) => (group.some(({ outcome }) => outcome === 'ok') ? 'ok' : group.at(-1)?.outcome));
  const count = (which: string) => outcomes.filter((outcome) => outcome === which).length;
  return { checkouts: outcomes.length, ok: count('ok'), fail: count('fail'), info: count('info'), calls: calls.length };
}
