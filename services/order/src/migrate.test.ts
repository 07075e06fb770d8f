import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@emall/runtime/testing';
import pg from 'pg';
import { migrateOrders } from './migrate.ts';

const directory = new URL('../migrations', import.meta.url).pathname;
let database: TestDatabase;
let runner: pg.Client;
beforeAll(async () => {
  database = await testDatabase('order');
  runner = new pg.Client({ connectionString: database.url });
  await runner.connect();
});
afterAll(async () => {
  await runner.end();
  await database.drop();
});

describe('the migrations of order', () => {
  it('may be run again, also by two at once', async () => {
    const url = database.ownerUrl;
    expect(await Promise.all([migrateOrders({ url, directory }), migrateOrders({ url, directory })])).toEqual([[], []]);
  });

  it('let the running role use the queue, and change nothing about it', async () => {
    const { rows } = await runner.query("select id from order_jobs.add_job('nothing', '{}')");
    expect(rows).toHaveLength(1);
    expect((await runner.query('select locked_by from order_jobs.jobs')).rows).toEqual([{ locked_by: null }]);
    for (const statement of ['create table order_jobs.mine ()', 'drop table order_jobs._private_jobs', 'create table mine ()', 'truncate "order" cascade']) {
      await expect(runner.query(statement)).rejects.toThrow(/permission denied|must be owner/);
    }
  });

  it('let a shopper have one order that awaits payment, and leave several of before as they are', async () => {
    const owner = new pg.Client({ connectionString: database.ownerUrl });
    await owner.connect();
    try {
      await owner.query('alter table orders."order" drop column guarded');
      await owner.query("delete from orders.kysely_migration where name like '000_-one-order-awaits-payment%'");
      const wait = (shopper: string, guarded = '') =>
        owner.query(
          `insert into orders."order" (id, shopper, state, email, address, shipping_method, payment_method, currency, items, shipping, tax, total, link_hash, hold_until ${guarded && ', guarded'})
           values (gen_random_uuid(), $1, 'awaiting_payment', 'e', '{}', 'standard', 'card', 'GBP', 100, 0, 17, 100, '', now() ${guarded})`,
          [shopper],
        );
      await wait('ada');
      await wait('ada');
      expect(await migrateOrders({ url: database.ownerUrl, directory })).toEqual(['0006-one-order-awaits-payment', '0007-one-order-awaits-payment-index']);
      // As the previous version does while it is being replaced.
      await wait('ada');
      await wait('ada', ', true');
      await wait('grace', ', true');
      await expect(wait('ada', ', true')).rejects.toThrow('order_awaiting_payment_once');
      expect((await owner.query(`select count(*)::int from orders."order" where shopper = 'ada' and state = 'awaiting_payment'`)).rows).toEqual([{ count: 4 }]);
    } finally {
      await owner.end();
    }
  });

  it('leave constraints that no order can break', async () => {
    const id = '00000000-0000-8000-8000-000000000001';
    const insert = (state: string, total: number, hold: string | null) =>
      runner.query(
        `insert into "order" (id, shopper, state, email, address, shipping_method, payment_method, currency, items, shipping, tax, total, link_hash, hold_until)
         values ($1, 's', $2, 'e', '{}', 'standard', 'card', 'GBP', 100, 0, 17, $3, '', $4)`,
        [id, state, total, hold],
      );
    await expect(insert('paid', 99, null)).rejects.toThrow('order_total_adds_up');
    await expect(insert('awaiting_payment', 100, null)).rejects.toThrow('order_waits_only_with_hold');
    await insert('paid', 100, null);
    await expect(runner.query(`update "order" set stock = 'released' where id = $1`, [id])).rejects.toThrow('order_sold_keeps_stock');
    await runner.query(`insert into payment (order_id, provider, amount, currency, received) values ($1, 'p', 100, 'GBP', 99)`, [id]);
    await expect(runner.query(`update payment set state = 'paid' where order_id = $1`, [id])).rejects.toThrow('payment_paid_in_full');
    await expect(runner.query(`update payment set refunded = 100 where order_id = $1`, [id])).rejects.toThrow('payment_refunds_no_more_than_received');
  });
});
