import { type TestDatabase, testDatabase } from '@emall/runtime/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';

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

type Row = Record<string, unknown>;
async function insert(table: string, row: Row): Promise<void> {
  const columns = Object.keys(row);
  await runner.query(`insert into "${table}" (${columns.join(', ')}) values (${columns.map((_, i) => `$${i + 1}`).join(', ')})`, Object.values(row));
}

let orders = 0;
const order = (over: Row = {}) =>
  insert('order', {
    id: crypto.randomUUID(), shopper: `shopper-${(orders += 1)}`, state: 'paid', email: 'e', address: '{}', shipping_method: 'standard', payment_method: 'card', currency: 'GBP',
    items: 100, shipping: 0, tax: 17, total: 100, link_hash: '', hold_until: null, ...over,
  });
/** An order that is there, with a payment. */
async function paid(over: Row = {}): Promise<string> {
  const id = crypto.randomUUID();
  await order({ id });
  await insert('payment', { order_id: id, provider: 'p', amount: 100, currency: 'GBP', received: 100, ...over });
  return id;
}
const line = async (over: Row) => insert('order_line', { order_id: await paid(), position: 0, sku: 'mug', name: 'A mug', options: '{}', price: 100, quantity: 1, ...over });
const key = (over: Row = {}) => insert('idempotency_key', { shopper: 'ada', key: crypto.randomUUID(), fingerprint: '', holder: crypto.randomUUID(), lease_until: 'now', ...over });
const refund = async (over: Row) => insert('refund', { id: crypto.randomUUID(), order_id: await paid(), intent_id: 'pi_1', amount: 100, currency: 'GBP', reason: 'r', ...over });
const event = async (over: Row) => insert('payment_event', { id: 'evt_1', type: 't', order_id: await paid(), payload: '', ...over });
const twice = async (write: () => Promise<unknown>) => (await write(), await write());

/** The last guard: whatever a program does, these stand. */
describe('the database of orders', () => {
  it('takes what is right', async () => {
    await line({});
    await key({ status: 201, body: '{}' });
    await refund({ state: 'done', ended_at: 'now', provider_id: 're_1' });
    await event({ id: 'evt_right' });
  });

  it.each([
    ['an order in a state that nobody knows', () => order({ state: 'lost' }), 'order_state_check'],
    ['a way to pay that nobody knows', () => order({ payment_method: 'cheque' }), 'order_payment_method_check'],
    ['a total that does not add up', () => order({ total: 99 }), 'order_total_adds_up'],
    ['items for less than nothing', () => order({ items: -1, total: -1 }), 'order_items_check'],
    ['shipping for less than nothing', () => order({ shipping: -1, total: 99 }), 'order_shipping_check'],
    ['a tax of less than nothing', () => order({ tax: -1 }), 'order_tax_check'],
    ['an unpaid order without an end', () => order({ state: 'awaiting_payment' }), 'order_waits_only_with_hold'],
    ['stock in a state that nobody knows', () => order({ state: 'cancelled', stock: 'lost' }), 'order_stock_check'],
    ['a sold order whose stock goes back', () => order({ stock: 'releasing' }), 'order_sold_keeps_stock'],
    ['two orders of a shopper that await payment', () => twice(() => order({ shopper: 'ada', state: 'awaiting_payment', hold_until: 'tomorrow' })), 'order_awaiting_payment_once'],
    ['two orders of one cart', () => twice(() => order({ shopper: 'ada', cart_version: 'v1' })), 'order_once_for_each_cart'],
    ['two orders of one id', () => twice(() => order({ id: '00000000-0000-8000-8000-000000000001' })), 'order_pkey'],
    ['a line for less than nothing', () => line({ price: -1 }), 'order_line_price_check'],
    ['a line of nothing', () => line({ quantity: 0 }), 'order_line_quantity_check'],
    ['two lines in one place of an order', () => paid().then((order_id) => twice(() => line({ order_id }))), 'order_line_pkey'],
    ['a line of no order', () => line({ order_id: crypto.randomUUID() }), 'order_line_order_id_fkey'],
    ['two claims of one key', () => twice(() => key({ key: 'the same' })), 'idempotency_key_pkey'],
    ['an answer of 429 or 5xx that is kept', async () => (await expect(key({ status: 503, body: '{}' })).rejects.toThrow('idempotency_key_status_check'), await key({ status: 429, body: '{}' })), 'idempotency_key_status_check'],
    ['half an answer', () => key({ status: 201 }), 'idempotency_key_check'],
    ['a payment in a state that nobody knows', () => paid({ state: 'lost' }), 'payment_state_check'],
    ['a payment of nothing', () => paid({ amount: 0 }), 'payment_amount_check'],
    ['a payment that is called paid and is not', () => paid({ state: 'paid', received: 99 }), 'payment_paid_in_full'],
    ['more returned than received', () => paid({ refunded: 101 }), 'payment_refunds_no_more_than_received'],
    ['more promised than received', () => paid({ promised: 101 }), 'payment_promises_no_more_than_received'],
    ['one session for two orders', () => twice(() => paid({ session_id: 'cs_1' })), 'payment_session_id_key'],
    ['one event twice', () => twice(() => event({})), 'payment_event_pkey'],
    ['an event of no order', () => event({ id: 'evt_2', order_id: crypto.randomUUID() }), 'payment_event_order_id_fkey'],
    ['a refund in a state that nobody knows', () => refund({ state: 'lost', ended_at: 'now' }), 'refund_state_check'],
    ['a refund of nothing', () => refund({ amount: 0 }), 'refund_amount_check'],
    ['a refund that ended and is open', () => refund({ ended_at: 'now' }), 'refund_ends_once'],
    ['a refund that is done and has no name', () => refund({ state: 'done', ended_at: 'now' }), 'refund_done_has_name'],
    ['one refund of the provider twice', () => twice(() => refund({ state: 'done', ended_at: 'now', provider_id: 're_2' })), 'refund_provider_id_key'],
    ['a refund of no payment', () => refund({ order_id: crypto.randomUUID() }), 'refund_order_id_fkey'],
  ])('refuses %s', async (_what, write, constraint) => {
    await expect(write()).rejects.toThrow(constraint);
  });
});
