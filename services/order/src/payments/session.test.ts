import { unavailable } from '@emall/runtime';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { Trx } from '../database.ts';
import { newKey, openShop, orderBody, type Shop, until } from '../testing/shop.ts';
import type { Session } from './provider.ts';
import { recordSession } from './queries.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop({ jobs: false });
});
afterAll(() => shop.close());

/** An order whose checkout got as far as the provider and no further, and the session that is there. */
async function opened() {
  const visitor = shop.shopper();
  const { open } = shop.deps.provider;
  let session: Session | undefined;
  shop.deps.provider.open = async (...args) => {
    session = await open(...args);
    throw unavailable();
  };
  const lost = await shop.place(visitor.headers, newKey(), orderBody({ paymentMethod: 'card' }));
  shop.deps.provider.open = open;
  expect(lost.statusCode).toBe(503);
  const { id } = await shop.db.selectFrom('order').select('id').where('shopper', '=', visitor.shopper).executeTakeFirstOrThrow();
  if (!session) throw new Error('no session was opened');
  return { ...visitor, id, session };
}

/** Whether somebody waits for what this transaction has locked. */
const isWaitedFor = async (trx: Trx) => {
  const { rows } = await sql`select 1 from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))`.execute(trx);
  return rows.length > 0;
};

const cancel = (id: string, headers: Record<string, string>) => shop.app.inject({ method: 'POST', url: `/api/orders/${id}/cancel`, headers });

describe('a session', () => {
  it('that is recorded while its order is cancelled is ended too', async () => {
    const { headers, id, session } = await opened();
    const cancelling = await shop.db.transaction().execute(async (trx) => {
      expect(await recordSession(trx, id, session)).toBe(true);
      const answer = cancel(id, headers);
      await until(() => isWaitedFor(trx));
      return { answer };
    });
    expect((await cancelling.answer).json()).toMatchObject({ state: 'cancelled' });
    expect((await shop.deps.provider.session(session.id, { timeoutMs: 4000 }))?.state).toBe('expired');
  });

  it('of an order that was cancelled meanwhile is not recorded', async () => {
    const { headers, id, session } = await opened();
    expect((await cancel(id, headers)).statusCode).toBe(200);
    expect(await shop.db.transaction().execute((trx) => recordSession(trx, id, session))).toBe(false);
  });

  it('that the provider does not know changes nothing: the order is shown as it is, and is not cancelled', async () => {
    const { headers, id, session } = await opened();
    await shop.db.transaction().execute((trx) => recordSession(trx, id, session));
    await shop.db.updateTable('payment').set({ session_id: 'cs_test_of_another_account' }).where('order_id', '=', id).execute();
    expect((await shop.app.inject({ url: `/api/orders/${id}`, headers })).json()).toMatchObject({ state: 'awaiting_payment' });
    const response = await cancel(id, headers);
    expect([response.statusCode, response.headers['retry-after']]).toEqual([503, '1']);
    const order = await shop.db.selectFrom('order').select('state').where('id', '=', id).executeTakeFirst();
    expect(order?.state).toBe('awaiting_payment');
  });
});
