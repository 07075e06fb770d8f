import type { AddressInfo } from 'node:net';
import { silentLog, unavailable } from '@emall/runtime';
import { recordLog } from '@emall/runtime/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { expireOrder } from '../jobs/expire-order.ts';
import { isWaitedFor, orderOf, paymentOf } from '../testing/paying.ts';
import { newKey, openShop, orderBody, type Shop, until, webhookSecret } from '../testing/shop.ts';
import type { Session } from './provider.ts';
import { recordSession } from './queries.ts';
import { createStripe } from './stripe.ts';

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

  it('that the provider does not know keeps its shopper from ordering again no longer than it could be paid elsewhere', async () => {
    const { headers, id, session } = await opened();
    await shop.db.transaction().execute((trx) => recordSession(trx, id, session));
    await shop.db.updateTable('payment').set({ session_id: `cs_test_lost_${id}` }).where('order_id', '=', id).execute();
    const again = () => shop.place(headers, newKey(), orderBody());
    expect((await again()).statusCode).toBe(503);
    await endedByItself(id);
    const { log, lines } = recordLog();
    await expireOrder({ ...shop.deps, log }, { orderId: id });
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ level: 'error', orderId: id, sessionId: `cs_test_lost_${id}` }]);
    expect(await orderOf(shop, id)).toEqual({ state: 'cancelled', stock: 'releasing' });
    expect(await paymentOf(shop, id)).toMatchObject({ state: 'expired' });
    expect((await again()).statusCode).toBe(201);
  });

  it('never ends because of a wrong API key', async () => {
    const { id, session } = await opened();
    await shop.db.transaction().execute((trx) => recordSession(trx, id, session));
    await endedByItself(id);
    const { port } = shop.sandbox.server.address() as AddressInfo;
    const provider = createStripe({ secretKey: 'sk_test_of_somebody_else', webhookSecret, apiUrl: `http://127.0.0.1:${port}`, log: silentLog });
    await expect(expireOrder({ ...shop.deps, provider }, { orderId: id })).rejects.toMatchObject({ code: 'unavailable' });
    expect(await orderOf(shop, id)).toEqual({ state: 'awaiting_payment', stock: 'held' });
  });
});

/** As if the order had been placed so long ago that its session is over by the provider's clock. */
async function endedByItself(id: string): Promise<void> {
  await sql`update "order" set placed_at = now() - interval '61 minutes', hold_until = now() - interval '46 minutes' where id = ${id}`.execute(shop.db);
}
