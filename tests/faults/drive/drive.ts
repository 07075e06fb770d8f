import type { History } from '../history/history.ts';
import type { Random } from '../random.ts';

export interface StockedSku {
  sku: string;
  /** Minor units. */
  price: number;
  stock: number;
  /** More wanted than there are. */
  hot: boolean;
}

export interface DriveOptions {
  /** http://127.0.0.1:8080 */
  edge: string;
  /** Addresses of both gateways. */
  gateways: readonly string[];
  random: Random;
  /** How many are in the shop at once. */
  shoppers: number;
  skus: readonly StockedSku[];
  /** When nobody comes any more. */
  until: AbortSignal;
  history: History;
  /** Begins the names of all shoppers: nothing else in the shop's tables begins so. */
  prefix: string;
}

/** Checkouts by their keys: ok when any answer was 201, fail when the last was a refusal. */
export interface DriveSummary {
  checkouts: number;
  ok: number;
  fail: number;
  info: number;
  calls: number;
}

/** Shoppers come and buy until told to stop; resolves when nothing of theirs is under way. Never throws for what the shop does. */
export async function drive(_options: DriveOptions): Promise<DriveSummary> {
  return { checkouts: 0, ok: 0, fail: 0, info: 0, calls: 0 };
}

/** The quiet time at the end, to be begun when all holds have lapsed: a few fresh shoppers buy what is left. */
export async function driveQuietly(_options: Omit<DriveOptions, 'until' | 'shoppers'>): Promise<DriveSummary> {
  return { checkouts: 0, ok: 0, fail: 0, info: 0, calls: 0 };
}
