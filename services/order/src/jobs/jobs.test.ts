import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { UpstreamCall, UpstreamHandler } from '@emall/runtime/testing';
import { sql } from 'kysely';
import { type CallFault, wellBehaved } from '../../../../infra/local/src/sandbox/behaviour.ts';
import { answering } from '../testing/neighbours.ts';
import { newKey, openShop, orderBody, type Shop, until } from '../testing/shop.ts';
import { addJobs, job } from './add-jobs.ts';
import { shareOut } from './worker.ts';

const COMMIT = 'POST /internal/reservations/*';
let fault: (route: string) => CallFault | undefined = () => undefined;
let shop: Shop;
beforeAll(async () => {
  shop = await openShop({ behaviour: { ...wellBehaved, onCall: async ({ route }) => fault(route) } });
});
afterAll(() => shop.close());

async function place(paymentMethod: 'card' | 'on_delivery', visitor = shop.shopper()) {
  const response = await shop.place(visitor.headers, newKey(), orderBody({ paymentMethod }));
  return { ...visitor, response, ...(response.json() as { id: string; payment: { url: string } }) };
}

const stateOf = async (id: string) => (await shop.db.selectFrom('order').select('state').where('id', '=', id).executeTakeFirst())?.state;
const becomes = (id: string, state: string) => until(async () => (await stateOf(id)) === state);

/** Lets the hold of an order lapse: the job that waits for it is due. */
const lapse = async (id: string) => {
  const { numAffectedRows } = await sql`update order_jobs._private_jobs set run_at = now() where key = ${`expire-order:${id}`}`.execute(shop.db);
  expect(numAffectedRows).toBe(1n);
};

async function queue() {
  const { rows } = await sql<{ task_identifier: string; key: string | null; attempts: number; run_at: Date; wait: number; locked_by: string | null; last_error: string | null }>`
    select *, extract(epoch from run_at - now())::float8 as wait from order_jobs.jobs order by id`.execute(shop.db);
  return rows;
}

describe('an order that nobody pays', () => {
  it('ends when its hold lapses: first the session, then the stock', async () => {
    const before = shop.catalog.stockOf('mug');
    const { id, payment, shopper } = await place('card');
    expect(shop.catalog.stockOf('mug')).toBe(before - 2);
    const due = (await queue()).find(({ key }) => key === `expire-order:${id}`);
    expect(due?.wait).toBeGreaterThan(800);
    expect(due?.wait).toBeLessThanOrEqual(900);
    await lapse(id);
    await becomes(id, 'cancelled');
    await until(async () => shop.catalog.stockOf('mug') === before);
    expect((await shop.pay(payment.url)).statusCode).toBe(410);
    expect(shop.cart.carts.get(shopper)).toHaveLength(1);
  });

  it('keeps its stock for as long as the provider does not say that it can no longer be paid', async () => {
    fault = (route) => (route.endsWith('/expire') ? { kind: 'answer', status: 500 } : undefined);
    const before = shop.catalog.stockOf('mug');
    const { id } = await place('card');
    shop.catalog.lapse(id);
    expect(shop.catalog.stockOf('mug')).toBe(before);
    await lapse(id);
    await until(async () => (await queue()).some(({ key, last_error: error }) => key === `expire-order:${id}` && error !== null));
    expect(await stateOf(id)).toBe('awaiting_payment');
    expect(shop.catalog.stockOf('mug')).toBe(before - 2);
    fault = () => undefined;
    await becomes(id, 'cancelled');
    await until(async () => shop.catalog.stockOf('mug') === before);
  });

  it('is paid when the shopper was faster, even if no webhook ever comes', async () => {
    shop.relay.held = true;
    const { id, payment } = await place('card');
    expect((await shop.pay(payment.url)).statusCode).toBe(303);
    await lapse(id);
    await becomes(id, 'paid');
    shop.relay.held = false;
  });

  it('ends without the provider when no session was ever opened for it', async () => {
    fault = (route) => (route === '/v1/checkout/sessions' ? { kind: 'answer', status: 500 } : undefined);
    const visitor = shop.shopper();
    const { response } = await place('card', visitor);
    expect([response.statusCode, response.headers['retry-after']]).toEqual([503, '1']);
    fault = () => undefined;
    const { id } = await shop.db.selectFrom('order').select('id').where('shopper', '=', visitor.shopper).executeTakeFirstOrThrow();
    await lapse(id);
    await becomes(id, 'cancelled');
    await until(async () => shop.catalog.reservations.get(id)?.state === 'released');
  });
});

describe('an order that is cancelled while its stock is being committed', () => {
  it.each(['before', 'after'])('gives its stock back, also when catalog commits %s the release', async (when) => {
    const before = shop.catalog.stockOf('mug');
    const { promise: cancelled, resolve } = Promise.withResolvers<void>();
    let committed = '';
    const late = (usual: UpstreamHandler) => async (call: UpstreamCall) => {
      if (!call.url.endsWith('/commit')) return await usual(call);
      const early = when === 'before' ? await usual(call) : undefined;
      committed = call.url;
      await cancelled;
      return early ?? (await usual(call));
    };
    await answering(shop.catalog, COMMIT, late, async () => {
      const { id, headers } = await place('on_delivery');
      await until(async () => committed.includes(id));
      expect((await shop.app.inject({ method: 'POST', url: `/api/orders/${id}/cancel`, headers })).statusCode).toBe(200);
      await until(async () => shop.catalog.reservations.get(id)?.state === 'released');
      resolve();
      await until(async () => (await queue()).every(({ task_identifier: task }) => task === 'expire-order' || task === 'follow-payment'));
      expect([shop.catalog.reservations.get(id)?.state, await stateOf(id)]).toEqual(['released', 'cancelled']);
    });
    expect(shop.catalog.stockOf('mug')).toBe(before);
  });
});

describe('a job', () => {
  it('that fails is tried again within 10 s, however often it has failed', async () => {
    const refusals = await answering(shop.catalog, COMMIT, () => () => ({ status: 500 }), async () => {
      const { id } = await place('on_delivery');
      await until(async () => (await queue()).some(({ last_error: error }) => error?.includes('commitment')));
      await sql`update order_jobs._private_jobs set attempts = 30, run_at = now() where last_error like '%commitment%'`.execute(shop.db);
      const [failed] = await until(async () => {
        const found = (await queue()).filter(({ attempts, locked_by: by }) => attempts > 30 && by === null);
        return found.length > 0 && found;
      });
      return { id, failed };
    });
    expect(refusals.failed?.wait).toBeLessThanOrEqual(10);
    await sql`update order_jobs._private_jobs set run_at = now() where attempts > 30`.execute(shop.db);
    await until(async () => shop.catalog.reservations.get(refusals.id)?.state === 'committed');
  });

  it('that catalog does not know is no reason to end a sold order', async () => {
    const id = await answering(shop.catalog, COMMIT, () => () => ({ status: 404, body: { code: 'not-found' } }), async () => {
      const placed = await place('on_delivery');
      await until(async () => (await queue()).some(({ last_error: error }) => error?.includes('answered 404')));
      return placed.id;
    });
    expect(await stateOf(id)).toBe('accepted');
    await sql`update order_jobs._private_jobs set run_at = now() where last_error like '%answered 404%'`.execute(shop.db);
    await until(async () => shop.catalog.reservations.get(id)?.state === 'committed');
  });

  it('that a shopper waits for goes before those that wait for a provider', async () => {
    const orderId = crypto.randomUUID();
    const later = { runAfterSeconds: 60 };
    await shop.db.transaction().execute((trx) => addJobs(trx, [job('expire-order', { orderId }, later), job('send-confirmation', { orderId }, later)]));
    const { rows } = await sql<{ task: string }>`select task_identifier as task from order_jobs.jobs where key like ${`%:${orderId}`} order by priority`.execute(shop.db);
    expect(rows.map(({ task }) => task)).toEqual(['send-confirmation', 'expire-order']);
    await sql`delete from order_jobs._private_jobs where key like ${`%:${orderId}`}`.execute(shop.db);
  });

  it('is written in the transaction of its cause, or not at all', async () => {
    const orderId = crypto.randomUUID();
    const undone = shop.db.transaction().execute(async (trx) => {
      await addJobs(trx, [job('finish-sale', { orderId }, { runAfterSeconds: 60 })]);
      throw new Error('the cause came to nothing');
    });
    await expect(undone).rejects.toThrow('came to nothing');
    expect((await queue()).filter(({ key }) => key === `finish-sale:${orderId}`)).toEqual([]);
  });
});

describe('the connections of a replica', () => {
  it('are divided so that the queue has three or four and answering has the rest', () => {
    expect([4, 10, 20].map(shareOut)).toEqual([
      { forJobs: 3, forAnswers: 1 },
      { forJobs: 4, forAnswers: 6 },
      { forJobs: 4, forAnswers: 16 },
    ]);
    expect(() => shareOut(3)).toThrow(RangeError);
  });
});
