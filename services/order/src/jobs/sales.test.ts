import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newKey, openShop, type Shop } from '../testing/shop.ts';
import { createSales } from './sales.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop({ jobs: false });
});
afterAll(() => shop.close());

async function sell(): Promise<string> {
  const { headers } = shop.shopper();
  return ((await shop.place(headers, newKey())).json() as { id: string }).id;
}

async function stateOf(id: string) {
  const { stock, cart_cleared_at: cleared, confirmed_at: confirmed } = await shop.db.selectFrom('order').select(['stock', 'cart_cleared_at', 'confirmed_at']).where('id', '=', id).executeTakeFirstOrThrow();
  return [stock, cleared !== null, confirmed !== null];
}

describe('the books of what was sold', () => {
  it('tell each what was asked for, of many that are asked for at once', async () => {
    const ids = [await sell(), await sell()];
    const nobodys = crypto.randomUUID();
    const found = await Promise.all([...ids, nobodys].map((id) => shop.deps.sales.find(id)));
    expect(found.map((sale) => sale?.id)).toEqual([...ids, undefined]);
    const orders = await Promise.all([...ids, nobodys].map((id) => shop.deps.sales.order(id)));
    expect(orders.map((order) => order?.id)).toEqual([...ids, undefined]);
  });

  it('note for each what is done, nothing else, and nothing about others', async () => {
    const [both, sent, neither, other] = [await sell(), await sell(), await sell(), await sell()];
    const { sales } = shop.deps;
    await Promise.all([
      sales.note(both, { committed: true, cleared: false }),
      sales.note(both, { cleared: true }),
      sales.note(sent, { confirmed: true }),
      sales.note(neither, { committed: false, cleared: false }),
    ]);
    expect(await Promise.all([both, sent, neither, other].map(stateOf))).toEqual([
      ['committed', true, false],
      ['held', false, true],
      ['held', false, false],
      ['held', false, false],
    ]);
  });

  it('keep when it was done, and leave alone what was given back meanwhile', async () => {
    const id = await sell();
    await shop.db.updateTable('order').set({ state: 'cancelled', stock: 'releasing', cart_cleared_at: new Date(0) }).where('id', '=', id).execute();
    await shop.deps.sales.note(id, { committed: true, cleared: true, confirmed: true });
    const order = await shop.db.selectFrom('order').select(['stock', 'cart_cleared_at', 'confirmed_at']).where('id', '=', id).executeTakeFirst();
    expect(order).toEqual({ stock: 'releasing', cart_cleared_at: new Date(0), confirmed_at: expect.any(Date) });
  });

  it('are written by two replicas in whatever order they come', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, sell));
    const [one, another] = [createSales(shop.db), createSales(shop.db)];
    await Promise.all([...ids.map((id) => one.note(id, { committed: true })), ...ids.toReversed().map((id) => another.note(id, { cleared: true }))]);
    expect(await Promise.all(ids.map(stateOf))).toEqual(ids.map(() => ['committed', true, false]));
  });
});
