import { setTimeout as sleep } from 'node:timers/promises';
import type { StockedSku } from './drive.ts';
import { persist } from './persist.ts';
import type { Request, Shopper } from './shopper.ts';

const TRIES = 8;

function adding(sku: string, quantity: number, key: string): Request {
  return { kind: 'add', method: 'POST', path: '/api/cart/lines', body: { sku, quantity }, key, note: { sku, quantity } };
}

/**
 * The first thing that somebody puts into a cart, who is nobody to the shop until then: a try whose answer is lost made
 * another guest, whose key says nothing about this one. So each has its own key, and none is abandoned.
 */
export async function enter(shopper: Shopper, sku: string, quantity = 1): Promise<boolean> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const { call, retryAfterMs = 200 } = await shopper.send({ ...adding(sku, quantity, shopper.newKey()), note: { sku, quantity, unknown: true } });
    if (call.outcome === 'ok' && shopper.known) return true;
    if (call.outcome === 'fail') return false;
    await sleep(Math.min(retryAfterMs, 2000));
  }
  return false;
}

/** More things, some of them twice at once; some are taken out again. */
export async function fill(shopper: Shopper, skus: readonly StockedSku[], atLeast: number): Promise<void> {
  const { random } = shopper;
  const more = Math.max(atLeast, random.pick([0, 0, 1, 1, 2, 3]));
  for (let i = 0; i < more; i += 1) {
    const request = adding(pickSku(shopper, skus), random.int(1, 2), shopper.newKey());
    if (random.chance(0.2)) await Promise.all([shopper.send(request), shopper.send(request)]);
    await persist(shopper, request);
  }
  if (random.chance(0.1)) {
    const sku = pickSku(shopper, skus);
    await persist(shopper, { kind: 'set', method: 'PUT', path: `/api/cart/lines/${sku}`, body: { quantity: 0 }, note: { sku, quantity: 0 } });
  }
  if (random.chance(0.05)) await persist(shopper, { kind: 'empty', method: 'DELETE', path: '/api/cart' });
  if (random.chance(0.5)) await shopper.send({ kind: 'cart', method: 'GET', path: '/api/cart' });
}

/** What is there for everybody. */
export function plentiful(skus: readonly StockedSku[]): readonly StockedSku[] {
  const others = skus.filter(({ hot }) => !hot);
  return others.length > 0 ? others : skus;
}

/** Everybody wants what is hot. */
export function pickSku({ random }: Shopper, skus: readonly StockedSku[]): string {
  const hot = skus.filter((each) => each.hot);
  return random.pick(hot.length > 0 && random.chance(0.5) ? hot : skus).sku;
}
