import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { OrderState, Trx } from '../database.ts';
import { newKey, openShop, orderBody, type Shop, until } from '../testing/shop.ts';
import { settle } from '../payments/settle.ts';
import { cancelOrder } from './cancel.ts';
import { getOrder } from './queries.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop({ jobs: false });
});
afterAll(() => shop.close());

async function place(paymentMethod: 'card' | 'on_delivery'): Promise<string> {
  const { headers } = shop.shopper();
  return ((await shop.place(headers, newKey(), orderBody({ paymentMethod }))).json() as { id: string }).id;
}

/** Whether somebody waits for what this transaction has locked. */
const isWaitedFor = async (trx: Trx) => {
  const { rows } = await sql`select 1 from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))`.execute(trx);
  return rows.length > 0;
};

/** Moves the order to another state, begins something meanwhile, and lets it see the new state only once it waits. */
async function whileItBecomes<T>(id: string, state: OrderState, begin: () => Promise<T>): Promise<PromiseSettledResult<T>> {
  const begun = await shop.db.transaction().execute(async (trx) => {
    await trx.updateTable('order').set({ state, ...(state === 'cancelled' && { stock: 'releasing' as const }) }).where('id', '=', id).execute();
    const ended = Promise.allSettled([begin()]);
    await until(() => isWaitedFor(trx));
    return { ended };
  });
  const [end] = await begun.ended;
  return end;
}

const paidSession = (id: string, sessionId: string) => ({ id: sessionId, state: 'paid' as const, orderId: id, url: undefined, intentId: 'pi_1', amount: 2895, currency: 'GBP' });
const settled = async (id: string) => {
  const sessionId = (await getOrder(shop.db, id)).payment?.session_id ?? '';
  return await shop.db.transaction().execute((trx) => settle(trx, id, paidSession(id, sessionId), 'by-provider'));
};

describe('an order', () => {
  it('is paid when nobody else has it in hand', async () => {
    const id = await place('card');
    expect(await settled(id)).toBe('paid');
  });

  it('is not cancelled when it was sent a moment before', async () => {
    const id = await place('on_delivery');
    const seen = await getOrder(shop.db, id);
    const end = await whileItBecomes(id, 'shipped', () => cancelOrder(shop.deps, seen));
    expect(end).toMatchObject({ status: 'rejected', reason: { code: 'not-cancellable' } });
    expect((await getOrder(shop.db, id)).state).toBe('shipped');
  });

  it('is not paid when it was cancelled a moment before: its money goes back', async () => {
    const id = await place('card');
    expect(await whileItBecomes(id, 'cancelled', () => settled(id))).toEqual({ status: 'fulfilled', value: 'returning' });
    expect((await getOrder(shop.db, id)).state).toBe('cancelled');
  });
});
