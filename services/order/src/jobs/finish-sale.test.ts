import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { inTransaction } from '@emall/runtime';
import { sql } from 'kysely';
import { answering } from '../testing/neighbours.ts';
import { newKey, openShop, type Shop, until } from '../testing/shop.ts';
import { addJobs, job } from './add-jobs.ts';
import { finishSale } from './finish-sale.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop({ jobs: false });
});
afterAll(() => shop.close());

async function sell() {
  const { headers, shopper } = shop.shopper();
  const { id } = (await shop.place(headers, newKey())).json() as { id: string };
  return { id, shopper };
}
const orderOf = (id: string) => shop.db.selectFrom('order').select(['stock', 'cart_cleared_at']).where('id', '=', id).executeTakeFirstOrThrow();

const STOCK = ['catalog', 'POST /internal/reservations/*'] as const;
const CART = ['cart', 'POST /internal/carts/clear'] as const;

describe('what follows a sale', () => {
  it.each([
    ['stock', STOCK, { stock: 'held', cart_cleared_at: expect.any(Date) }],
    ['cart', CART, { stock: 'committed', cart_cleared_at: null }],
  ] as const)('is noted as far as it is done when the %s fails, and only the rest is asked for again', async (_half, [service, route], noted) => {
    const { id, shopper } = await sell();
    const attempt = () => finishSale(shop.deps, { orderId: id });
    await answering(shop[service], route, () => () => ({ status: 500 }), () => expect(attempt()).rejects.toThrow());
    expect(await orderOf(id)).toEqual(noted);

    const [done, doneRoute] = service === 'catalog' ? CART : STOCK;
    await answering(shop[done], doneRoute, () => () => ({ status: 500 }), attempt);
    expect(await orderOf(id)).toEqual({ stock: 'committed', cart_cleared_at: expect.any(Date) });
    expect([shop.catalog.reservations.get(id)?.state, shop.cart.carts.get(shopper)]).toEqual(['committed', []]);
  });

  it.each(['commit-stock', 'clear-cart'] as const)('is done by the job of an earlier version: %s', async (task) => {
    const { id } = await sell();
    await shop.db.deleteFrom('order_jobs._private_jobs' as never).execute();
    // What is not old is left alone by those who look for what was forgotten.
    await shop.db.updateTable('order').set({ updated_at: sql`now() + interval '1 day'` }).where('id', '=', id).execute();
    await inTransaction(shop.db, (trx) => addJobs(trx, [job(task, { orderId: id })]));
    const worker = shop.startJobs();
    const done = await until(async () => {
      const order = await orderOf(id);
      return order.cart_cleared_at !== null && order;
    });
    await worker.stop();
    expect(done.stock).toBe('committed');
  });
});
