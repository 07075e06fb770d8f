import { setTimeout as pass } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { UpstreamHandler } from '@emall/runtime/testing';
import { answering } from '../testing/neighbours.ts';
import { newKey, openShop, orderBody, type Shop, until } from '../testing/shop.ts';
import { ANSWER_MS } from './patience.ts';

const CONTENTS = 'GET /internal/carts/contents';
const PRICES = 'POST /internal/prices';
const RESERVE = 'PUT /internal/reservations/*';
const SLOW_MS = 100;
/** Timers may be a little early, and what is told is rounded. */
const SHRUNK_MS = SLOW_MS - 5;

let shop: Shop;
beforeAll(async () => {
  shop = await openShop({ answerMs: ANSWER_MS });
});
afterAll(() => shop.close());

const slowly = (usual: UpstreamHandler): UpstreamHandler => async (call) => {
  await pass(SLOW_MS);
  return usual(call);
};

/** What this path was told, in the shopper's name, about the time that is left: milliseconds. */
const toldTo = ({ shopper }: { shopper: string }, path: string) => {
  const call = [...shop.cart.calls, ...shop.catalog.calls].find(({ url, headers }) => url.startsWith(path) && String(headers['x-emall-identity']).startsWith(`${shopper}.`));
  return Number(call?.headers['x-emall-deadline-ms']);
};

describe('an order while catalog or cart is slow', () => {
  it.each([['cart', CONTENTS], ['catalog', PRICES], ['catalog', RESERVE]] as const)('is still being placed when %s is silent (%s), and the repeat places it', async (who, route) => {
    const visitor = shop.shopper();
    const key = newKey();
    await answering(shop[who], route, () => () => 'hang', async () => {
      const first = await shop.place(visitor.headers, key);
      // 503 would be told after 2 s only: by then nginx has taken us for frozen, and asked another replica the same.
      expect([first.statusCode, first.json().code, first.headers['retry-after']]).toEqual([409, 'request-in-progress', '1']);
    });
    const placed = await until(async () => {
      const answer = await shop.place(visitor.headers, key);
      return answer.statusCode === 201 && answer;
    });
    expect(await shop.db.selectFrom('order').select('id').where('shopper', '=', visitor.shopper).execute()).toEqual([{ id: placed.json().id }]);
  });

  it('tells each that it asks how much time is left by then', async () => {
    const visitor = shop.shopper();
    const granted = { ...visitor.headers, 'x-emall-deadline-ms': '1900' };
    const answer = await answering(shop.cart, CONTENTS, slowly, () => answering(shop.catalog, PRICES, slowly, () => shop.place(granted, newKey())));
    expect(answer.statusCode).toBe(201);
    const [atFirst, then, atLast] = ['/internal/carts/contents', '/internal/prices', '/internal/reservations/'].map((path) => toldTo(visitor, path)) as [number, number, number];
    expect(atFirst - then).toBeGreaterThanOrEqual(SHRUNK_MS);
    expect(then - atLast).toBeGreaterThanOrEqual(SHRUNK_MS);
  });
});

describe('a quote while catalog or cart is slow', () => {
  it('is given up before nginx takes us for frozen, and catalog knows by when', async () => {
    const visitor = shop.shopper();
    const { address, shippingMethod } = orderBody();
    const quote = () => shop.app.inject({ method: 'POST', url: '/api/orders/quote', headers: visitor.headers, body: { address, shippingMethod } });
    const answer = await answering(shop.cart, CONTENTS, slowly, quote);
    expect(answer.statusCode).toBe(200);
    expect(toldTo(visitor, '/internal/prices')).toBeLessThanOrEqual(ANSWER_MS - SHRUNK_MS);
  });
});
