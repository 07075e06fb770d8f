import { inTransaction } from '@emall/runtime';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import pg from 'pg';
import { fingerprint } from '../keys/fingerprint.ts';
import { claimKey } from '../keys/queries.ts';
import { newKey, openShop, orderBody, type Shop, until } from '../testing/shop.ts';
import { addJobs, job } from './add-jobs.ts';
import { FORGOTTEN, reconcile } from './reconcile.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop({ jobs: false });
});
afterAll(() => shop.close());
beforeEach(() => forgetJobs());

const forgetJobs = () => sql`delete from order_jobs._private_jobs`.execute(shop.db);

async function place(paymentMethod: 'card' | 'on_delivery') {
  const visitor = shop.shopper();
  const { id } = (await shop.place(visitor.headers, newKey(), orderBody({ paymentMethod }))).json() as { id: string };
  return { ...visitor, id };
}

/** As it would be some time later. */
const age = (id: string, set: object = {}) =>
  shop.db.updateTable('order').set({ updated_at: sql`now() - interval '11 seconds'`, ...set }).where('id', '=', id).execute();

async function jobs() {
  const { rows } = await sql<{ id: string; key: string; attempts: number; run_at: Date; locked_by: string | null; last_error: string | null }>`
    select id, key, attempts, run_at, locked_by, last_error from order_jobs.jobs order by key`.execute(shop.db);
  return rows;
}
const keys = async () => (await jobs()).map(({ key }) => key);

/** Everything is done, so that the other tests see nothing of it. */
const settle = async () => {
  await shop.db.updateTable('order').set({ cart_cleared_at: sql`now()`, confirmed_at: sql`now()` }).execute();
  await shop.db.updateTable('order').set({ stock: 'committed' }).where('stock', '=', 'held').where('state', '<>', 'awaiting_payment').execute();
  await shop.db.updateTable('order').set({ stock: 'released', state: 'cancelled' }).where((eb) => eb.or([eb('stock', 'in', ['releasing', 'held']), eb('state', '=', 'awaiting_payment')])).execute();
  await shop.db.updateTable('payment_event').set({ processed_at: sql`now()` }).execute();
  await shop.db.updateTable('idempotency_key').set({ abandoned_at: sql`now()` }).where('status', 'is', null).execute();
  await shop.db.updateTable('refund').set({ state: 'failed', ended_at: sql`now()` }).where('state', '=', 'open').execute();
};

describe('what no job remembers', () => {
  const cases: [string, () => Promise<string[]>][] = [
    ['an order that nobody paid within its hold', async () => {
      const { id } = await place('card');
      await age(id, { hold_until: sql`now() - interval '11 seconds'` });
      return [`expire-order:${id}`];
    }],
    ['a sold order whose stock is only held, whose cart is full and whose shopper was not told', async () => {
      const { id } = await place('on_delivery');
      await age(id);
      return [`finish-sale:${id}`, `send-confirmation:${id}`];
    }],
    ['a sold order whose stock is only held', async () => {
      const { id } = await place('on_delivery');
      await age(id, { cart_cleared_at: sql`now()`, confirmed_at: sql`now()` });
      return [`finish-sale:${id}`];
    }],
    ['a sold order whose cart is full', async () => {
      const { id } = await place('on_delivery');
      await age(id, { stock: 'committed', confirmed_at: sql`now()` });
      return [`finish-sale:${id}`];
    }],
    ['stock on its way back', async () => {
      const { id, shopper } = await place('on_delivery');
      await age(id, { state: 'cancelled', stock: 'releasing' });
      return [`release-stock:${id}:${shopper}`];
    }],
    ['stock of an order that ended and still holds it', async () => {
      const { id, shopper } = await place('on_delivery');
      await age(id, { state: 'cancelled', stock: 'held' });
      return [`release-stock:${id}:${shopper}`];
    }],
    ['a payment event that was acknowledged', async () => {
      const { id } = await place('card');
      await shop.db.insertInto('payment_event').values({ id: `evt_${id}`, type: 'x', order_id: id, payload: Buffer.from('{}'), received_at: sql`now() - interval '11 seconds'` }).execute();
      return [`apply-payment-event:evt_${id}`];
    }],
    ['a refund that was promised', async () => {
      const { id } = await place('card');
      const refund = crypto.randomUUID();
      await sql`insert into refund (id, order_id, amount, currency, reason, intent_id, requested_at)
        values (${refund}, ${id}, 1, 'GBP', 'a test', 'pi_1', now() - interval '11 seconds')`.execute(shop.db);
      return [`refund-payment:${refund}`];
    }],
    ['a key whose holder died', async () => {
      const { shopper } = shop.shopper();
      const key = newKey();
      await claimKey(shop.db, shopper, key, fingerprint(orderBody()));
      await shop.db.updateTable('idempotency_key').set({ lease_until: sql`now() - interval '11 seconds'` as never }).where('key', '=', key).execute();
      return [`end-abandoned:${key}:${shopper}`];
    }],
  ];

  it('is left alone while its own job is on the way', async () => {
    const { id } = await place('on_delivery');
    await forgetJobs();
    await reconcile(shop.db);
    expect(await keys()).toEqual([]);
    await age(id);
    expect(await reconcile(shop.db)).not.toEqual({});
    await settle();
  });

  it.each(cases)('is found and gets its job: %s', async (_what, leave) => {
    const expected = await leave();
    await forgetJobs();
    const added = await reconcile(shop.db);
    expect(await keys()).toEqual(expected);
    expect(added).toEqual(Object.fromEntries(expected.map((key) => [key.split(':')[0], 1])));
    await settle();
  });

  it('is added once, however many replicas look at the same moment', async () => {
    const { id } = await place('on_delivery');
    await age(id);
    await forgetJobs();
    await inTransaction(shop.db, async (trx) => {
      // As another replica that has not committed yet.
      await sql`select pg_advisory_xact_lock(hashtext('order.reconcile'))`.execute(trx);
      expect(await reconcile(shop.db)).toEqual({});
    });
    const added = await Promise.all([1, 2, 3, 4, 5, 6].map(() => reconcile(shop.db)));
    expect(added.filter((each) => Object.keys(each).length > 0)).toHaveLength(1);
    expect(await keys()).toHaveLength(2);
    await settle();
  });
});

describe('a job that is there', () => {
  it.each([
    ['waits for its time', `run_at = now() + interval '5 minutes'`],
    ['is being done', `locked_by = 'somebody', locked_at = now(), attempts = 1`],
    ['has failed and will be tried again', `attempts = 7, last_error = 'catalog answered 500', run_at = now() + interval '9 seconds'`],
    ['is a dead letter', `attempts = max_attempts, last_error = 'in vain'`],
  ])('is left as it is when it %s', async (_how, as) => {
    const { id } = await place('on_delivery');
    await age(id);
    await sql`update order_jobs._private_jobs set ${sql.raw(as)}`.execute(shop.db);
    const before = await jobs();
    expect(before).toHaveLength(2);
    expect(await reconcile(shop.db)).toEqual({});
    expect(await jobs()).toEqual(before);
    await settle();
  });
});

describe('a job that is being done', () => {
  it('and is added again meanwhile leaves no dead letter when it fails', async () => {
    const again = () => inTransaction(shop.db, (trx) => addJobs(trx, [job('release-stock', { orderId: 'x', shopper: 'y' })]));
    await again();
    await sql`update order_jobs._private_jobs set locked_by = 'somebody', locked_at = now(), attempts = 1`.execute(shop.db);
    await again();
    await reconcile(shop.db);
    expect(await keys()).toHaveLength(2);
    await sql`update order_jobs._private_jobs set locked_by = null, locked_at = null, last_error = 'in vain'`.execute(shop.db);
    await reconcile(shop.db);
    expect(await keys()).toEqual(['release-stock:x:y']);
  });
});

describe('a shop whose queue was lost', () => {
  it('does all that was promised nonetheless', async () => {
    const before = shop.catalog.stockOf('mug');
    const sold = await place('on_delivery');
    const paid = await place('card');
    const ended = await place('card');
    const { payment } = (await shop.app.inject({ url: `/api/orders/${paid.id}`, headers: paid.headers })).json() as { payment: { url: string } };
    expect((await shop.pay(payment.url)).statusCode).toBe(303);
    await until(async () => (await shop.db.selectFrom('payment_event').select('id').where('order_id', '=', paid.id).execute()).length > 0);
    await age(ended.id, { hold_until: sql`now() - interval '11 seconds'` });
    await age(sold.id);
    await shop.db.updateTable('payment_event').set({ received_at: sql`now() - interval '11 seconds'` }).execute();
    await forgetJobs();

    const worker = shop.startJobs();
    const orderOf = async (id: string) => await shop.db.selectFrom('order').select(['state', 'stock', 'cart_cleared_at', 'confirmed_at']).where('id', '=', id).executeTakeFirstOrThrow();
    for (const [{ id }, state] of [[sold, 'accepted'], [paid, 'paid']] as const) {
      const done = await until(async () => {
        const now = await orderOf(id);
        return now.stock === 'committed' && now.cart_cleared_at !== null && now.confirmed_at !== null && now;
      });
      expect(done.state).toBe(state);
    }
    await until(async () => (await orderOf(ended.id)).stock === 'released');
    await worker.stop();
    expect(shop.catalog.stockOf('mug')).toBe(before - 4);
    expect(await jobs()).toEqual([]);
  });
});

describe('with many settled orders', () => {
  it('looks at none of them', async () => {
    const { id } = await place('card');
    await settleMany(id, 5000);
    const { rows } = await sql<{ 'QUERY PLAN': object }>`explain (format json) ${FORGOTTEN}`.execute(shop.db);
    const plan = JSON.stringify(rows[0]?.['QUERY PLAN']);
    const scanned = [...plan.matchAll(/"Node Type":"Seq Scan"[^{}]*?"Relation Name":"(\w+)"/g)].map(([, relation]) => relation);
    expect(scanned.filter((relation) => relation !== '_private_jobs')).toEqual([]);
    for (const index of ['order_awaiting_payment', 'order_unfinished', 'payment_event_unprocessed', 'refund_open', 'idempotency_key_unanswered']) {
      expect(plan).toContain(`"Index Name":"${index}`);
    }
  });
});

/** Copies of an order that have been sent, with all that belongs to them. */
async function settleMany(id: string, count: number): Promise<void> {
  const owner = new pg.Client({ connectionString: shop.database.ownerUrl });
  await owner.connect();
  try {
    await owner.query(`
      insert into "order" select (jsonb_populate_record(o, jsonb_build_object('id', md5('o' || n), 'shopper', 'settled', 'state', 'shipped', 'stock', 'committed',
        'cart_version', null, 'cart_cleared_at', now(), 'confirmed_at', now(), 'updated_at', now() - interval '1 day'))).*
      from "order" o, generate_series(1, ${count}) n where o.id = '${id}'`);
    await owner.query(`insert into payment_event select 'evt' || n, 'x', '${id}', '', now() - interval '1 day', now(), 'paid' from generate_series(1, ${count}) n`);
    await owner.query(`insert into payment (order_id, provider, amount, currency, received, promised, refunded)
      select md5('o' || n)::uuid, 'x', 1, 'GBP', 1, 1, 1 from generate_series(1, ${count}) n`);
    await owner.query(`insert into refund (id, order_id, amount, currency, reason, state, provider_id, intent_id, requested_at, ended_at)
      select gen_random_uuid(), md5('o' || n)::uuid, 1, 'GBP', 'x', 'done', 're_' || n, 'pi', now() - interval '1 day', now() from generate_series(1, ${count}) n`);
    await owner.query(`insert into idempotency_key (shopper, key, fingerprint, holder, lease_until, status, content_type, body, answered_at)
      select 'settled', 'key-' || n, '', gen_random_uuid(), now() - interval '1 day', 201, 'application/json', '{}', now() from generate_series(1, ${count}) n`);
    await owner.query('analyze "order", payment_event, payment, refund, idempotency_key');
  } finally {
    await owner.end();
  }
}
