import { readFile } from 'node:fs/promises';
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

  it('leave constraints that no order can break', async () => {
    const id = '00000000-0000-8000-8000-000000000001';
    const insert = (state: string, total: number, hold: string | null, other = id) =>
      runner.query(
        `insert into "order" (id, shopper, state, email, address, shipping_method, payment_method, currency, items, shipping, tax, total, link_hash, hold_until)
         values ($1, 's', $2, 'e', '{}', 'standard', 'card', 'GBP', 100, 0, 17, $3, '', $4)`,
        [other, state, total, hold],
      );
    await expect(insert('paid', 99, null)).rejects.toThrow('order_total_adds_up');
    await expect(insert('awaiting_payment', 100, null)).rejects.toThrow('order_waits_only_with_hold');
    await insert('awaiting_payment', 100, 'tomorrow', '00000000-0000-8000-8000-000000000002');
    await expect(insert('awaiting_payment', 100, 'tomorrow')).rejects.toThrow('order_awaiting_payment_once');
    await insert('paid', 100, null);
    await expect(runner.query(`update "order" set stock = 'released' where id = $1`, [id])).rejects.toThrow('order_sold_keeps_stock');
    await runner.query(`insert into payment (order_id, provider, amount, currency, received) values ($1, 'p', 100, 'GBP', 99)`, [id]);
    await expect(runner.query(`update payment set state = 'paid' where order_id = $1`, [id])).rejects.toThrow('payment_paid_in_full');
    await expect(runner.query(`update payment set refunded = 100 where order_id = $1`, [id])).rejects.toThrow('payment_refunds_no_more_than_received');
  });

  it('make a refund of what an earlier version was returning, once', async () => {
    const id = '00000000-0000-8000-8000-000000000003';
    await runner.query(
      `insert into "order" (id, shopper, state, email, address, shipping_method, payment_method, currency, items, shipping, tax, total, link_hash, stock)
       values ($1, 's', 'cancelled', 'e', '{}', 'standard', 'card', 'GBP', 100, 0, 17, 100, '', 'released')`,
      [id],
    );
    await runner.query(`insert into payment (order_id, provider, amount, currency, state, intent_id, received) values ($1, 'p', 100, 'GBP', 'refunding', 'pi_1', 100)`, [id]);
    const migration = await readFile(`${directory}/0011-refunds-under-way.sql`, 'utf8');
    for (const _ of [1, 2]) await runner.query(migration);
    const { rows } = await runner.query('select r.amount, r.intent_id, r.state, promised from refund r join payment using (order_id) where order_id = $1', [id]);
    expect(rows).toEqual([{ amount: 100, intent_id: 'pi_1', state: 'open', promised: 100 }]);
  });

  it('find again what an earlier version had not done: of orders that waited, and the carts of a day', async () => {
    await runner.query('delete from "order" where state = \'awaiting_payment\'');
    const insert = (n: number, state: string, placed: string, hold: string | null) =>
      runner.query(
        `insert into "order" (id, shopper, state, email, address, shipping_method, payment_method, currency, items, shipping, tax, total, link_hash, hold_until, placed_at, cart_cleared_at, confirmed_at)
         values ($1, 'm', $2, 'e', '{}', 'standard', 'card', 'GBP', 100, 0, 17, 100, '', $4, $3::timestamptz, now(), now())`,
        [`00000000-0000-8000-8000-00000000001${n}`, state, placed, hold],
      );
    await insert(1, 'awaiting_payment', 'today', 'tomorrow');
    await insert(2, 'accepted', 'now', null);
    await insert(3, 'accepted', '2020-01-01', null);
    await insert(4, 'cancelled', 'now', null);
    await runner.query(await readFile(`${directory}/0012-unfinished-after-all.sql`, 'utf8'));
    const { rows } = await runner.query(`select cart_cleared_at is not null as cleared, confirmed_at is not null as confirmed from "order" where shopper = 'm' order by id`);
    expect(rows.map(({ cleared, confirmed }) => [cleared, confirmed])).toEqual([[false, false], [false, true], [true, true], [true, true]]);
  });
});
