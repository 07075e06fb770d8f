import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { OrderState } from '../database.ts';
import { newKey, openShop, type Shop } from '../testing/shop.ts';
import { CannotSucceed } from './deps.ts';
import { finishSale } from './finish-sale.ts';
import { releaseStock } from './release-stock.ts';

/** Jobs that come to an order which is no longer what it was when they were written. */
let shop: Shop;
beforeAll(async () => {
  shop = await openShop({ jobs: false });
});
afterAll(() => shop.close());

async function place(set: { state?: OrderState; stock?: 'held' } = {}) {
  const visitor = shop.shopper();
  const { id } = (await shop.place(visitor.headers, newKey())).json() as { id: string };
  if (set.state) await shop.db.updateTable('order').set(set).where('id', '=', id).execute();
  return { ...visitor, id };
}
const orderOf = (id: string) => shop.db.selectFrom('order').select(['state', 'stock', 'cart_cleared_at']).where('id', '=', id).executeTakeFirstOrThrow();

describe('the cart', () => {
  it('is cleared of what was sold', async () => {
    const { id, shopper } = await place();
    await finishSale(shop.deps, { orderId: id });
    expect(shop.cart.carts.get(shopper)).toEqual([]);
    expect((await orderOf(id)).cart_cleared_at).toBeInstanceOf(Date);
  });

  it('is left to the shopper whose order was cancelled before: the same things may be ordered again', async () => {
    const { id, shopper, headers } = await place();
    await shop.app.inject({ method: 'POST', url: `/api/orders/${id}/cancel`, headers, body: {} });
    await finishSale(shop.deps, { orderId: id });
    expect(shop.cart.carts.get(shopper)).toHaveLength(1);
  });
});

describe('a sold order', () => {
  it('has its jobs from that moment on', async () => {
    const { id } = await place();
    const { rows } = await sql<{ key: string }>`select key from order_jobs._private_jobs where key like ${`%:${id}`} order by key`.execute(shop.db);
    expect(rows.map(({ key }) => key)).toEqual([`finish-sale:${id}`, `send-confirmation:${id}`]);
  });
});

describe('stock', () => {
  it('of an order that was sent, and of which catalog knows nothing, is for somebody to look at', async () => {
    const { id } = await place({ state: 'shipped' });
    shop.catalog.reservations.delete(id);
    await expect(finishSale(shop.deps, { orderId: id })).rejects.toThrow(CannotSucceed);
    expect((await orderOf(id)).state).toBe('shipped');
  });

  it('goes back when its order ended and still holds it', async () => {
    const before = shop.catalog.stockOf('mug');
    const { id, shopper } = await place({ state: 'cancelled', stock: 'held' });
    await releaseStock(shop.deps, { orderId: id, shopper });
    expect([(await orderOf(id)).stock, shop.catalog.stockOf('mug')]).toEqual(['released', before]);
  });

  it('of an order that is cancelled has a job from that moment on', async () => {
    const { id, shopper, headers } = await place();
    await shop.app.inject({ method: 'POST', url: `/api/orders/${id}/cancel`, headers, body: {} });
    const { rows } = await sql`select from order_jobs._private_jobs where key = ${`release-stock:${id}:${shopper}`}`.execute(shop.db);
    expect(rows).toHaveLength(1);
  });

  it('stays with an order that has not ended', async () => {
    const { id, shopper } = await place();
    await releaseStock(shop.deps, { orderId: id, shopper });
    expect([(await orderOf(id)).stock, shop.catalog.reservations.get(id)?.state]).toEqual(['held', 'held']);
  });
});
