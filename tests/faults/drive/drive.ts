import { setTimeout as sleep } from 'node:timers/promises';
import type { Phase } from '../history/call.ts';
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

const PAUSE_AFTER_NOTHING_MS = 100;
/** So many come one after the other for the same hot SKU: what is left of it is fought for, whatever else happens then. */
const WAVE = 40;

/** Shoppers come and buy until told to stop; resolves when nothing of theirs is under way. Never throws for what the shop does. */
export async function drive(options: DriveOptions): Promise<void> {
  await inStreet(options, 'rush', async (street) => {
    let count = 0;
    const slot = async () => {
      while (!options.until.aborted) {
        const ordinal = (count += 1);
        await live(new Shopper(street, options.random.fork(ordinal), `${options.prefix}-${ordinal}`), wantedBy(ordinal, options.skus));
      }
    };
    await Promise.all(Array.from({ length: options.shoppers }, slot));
  });
}

/** All that is plentiful, and the hot SKU of the wave. */
function wantedBy(ordinal: number, skus: readonly StockedSku[]): readonly StockedSku[] {
  const hot = skus.filter((each) => each.hot);
  const now = hot[Math.floor(ordinal / WAVE) % hot.length];
  return skus.filter((each) => !each.hot || each === now);
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

/** A shopper comes to the edge most often. */
const EDGE_SHARE = 3;

export async function inStreet({ edge, gateways, history, prefix }: Visit, phase: Phase, work: (street: Street) => Promise<void>): Promise<void> {
  const client = new Client();
  const doors = [...Array.from({ length: EDGE_SHARE }, () => edge), ...gateways];
  try {
    await work({ edge, doors, history, prefix, phase, client, keys: [], orders: [] });
  } finally {
    await client.close();
  }
}
