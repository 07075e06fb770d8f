import { callerHeaders } from '@emall/runtime/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { type OpenCart, openCart, shopperOf } from '../testing.ts';
import { sweepCarts } from './sweep.ts';

let shop: OpenCart;
beforeAll(async () => {
  shop = await openCart();
  for (const sku of ['A', 'B']) shop.sell(sku);
});
afterAll(() => shop.close());

const clear = (shopper: string, orderId: string) =>
  shop.app.inject({ method: 'POST', url: '/internal/carts/clear', headers: callerHeaders('order', shopper), payload: { orderId, lines: [{ sku: 'A', quantity: 1 }] } });

describe("the version of a cart", () => {
  it('is another one after every change, and every change answers the one that a look finds', async () => {
    const anna = shopperOf(shop);
    const changes = [() => anna.add('A', 3), () => anna.add('B'), () => anna.set('A', 2), () => anna.set('A', 2), () => anna.set('B', 0), () => anna.empty(), () => anna.add('A', 3)];
    const versions = new Set<string>();
    for (const change of changes) {
      const { version } = (await change()).json();
      expect((await anna.get()).json().version).toBe(version);
      versions.add(version);
    }
    expect(versions.size).toBe(changes.length);
  });

  it('stays while nothing changes: looked at, on another day too, and cleared again for the same order', async () => {
    const bert = shopperOf(shop);
    await bert.add('A', 3);
    await clear(bert.id, `${bert.id}-1`);
    const { version } = (await bert.get()).json();
    await sql`update cart set touched_on = current_date - 1 where shopper = ${bert.id}`.execute(shop.db);
    await clear(bert.id, `${bert.id}-1`);
    expect([(await bert.get()).json().version, (await bert.get()).json().version]).toEqual([version, version]);
    await clear(bert.id, `${bert.id}-2`);
    expect((await bert.get()).json().version).not.toBe(version);
  });

  it('is never used again, also after the cart was swept away and begun anew in the same way', async () => {
    const cleo = shopperOf(shop);
    const { version } = (await cleo.add('A')).json();
    await sql`update cart set touched_on = current_date - 31 where shopper = ${cleo.id}`.execute(shop.db);
    await sweepCarts(shop.db);
    expect((await cleo.get()).json()).toMatchObject({ version: '0', lines: [] });
    expect((await cleo.add('A')).json().version).not.toBe(version);
  });

  it('is told to concurrent shoppers of one cart as it was after their own look, never one that was not', async () => {
    const dora = shopperOf(shop);
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => dora.add(i % 2 === 0 ? 'A' : 'B')));
    const seen = new Map<string, string>();
    for (const answer of answers.filter(({ statusCode }) => statusCode === 200)) {
      const { version, lines } = answer.json() as { version: string; lines: { sku: string; quantity: number }[] };
      const text = lines.map(({ sku, quantity }) => `${sku} ${quantity}`).sort().join();
      expect(seen.get(version) ?? text).toBe(text);
      seen.set(version, text);
    }
    expect(seen.size).toBeGreaterThan(1);
  });
});
