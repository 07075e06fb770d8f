import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { type OpenCatalog, openCatalog } from '../testing.ts';

let catalog: OpenCatalog;
beforeAll(async () => {
  catalog = await openCatalog();
  await catalog.sell({ key: 'mug', variants: [{ sku: 'mug', stock: 3 }] });
});
afterAll(() => catalog.close());

const db = () => catalog.checkoutDb;
const stock = (onHand: number, reserved: number) => sql`update stock set on_hand = ${onHand}, reserved = ${reserved} where sku = 'mug'`.execute(db());
const price = (amount: number) => sql`update variant set price = ${amount} where sku = 'mug'`.execute(db());
const reservation = (order: string, state: string) => sql`insert into reservation (order_id, state, expires_at) values (${order}, ${state}, 'tomorrow')`.execute(db());
const line = (order: string, sku: string, quantity: number) => sql`insert into reservation_line (order_id, sku, quantity) values (${order}, ${sku}, ${quantity})`.execute(db());

/** The last guard: whatever a program does, these stand. */
describe('the database of stock', () => {
  it('takes what is right', async () => {
    await price(1250);
    await stock(3, 3);
    await reservation('order-1', 'held');
    await line('order-1', 'mug', 3);
  });

  it.each([
    ['more reserved than there is', () => stock(3, 4), 'stock_check'],
    ['less than nothing reserved', () => stock(3, -1), 'stock_reserved_check'],
    ['less than nothing on the shelf', () => stock(-1, -1), 'stock_on_hand_check'],
    ['a price of nothing', () => price(0), 'variant_price_check'],
    ['a reservation in a state that nobody knows', () => reservation('order-2', 'lost'), 'reservation_state_check'],
    ['two reservations of one order', () => reservation('order-1', 'held'), 'reservation_pkey'],
    ['a reserved line of nothing', () => line('order-1', 'cup', 0), 'reservation_line_quantity_check'],
    ['the same SKU twice in a reservation', () => line('order-1', 'mug', 1), 'reservation_line_pkey'],
    ['a reserved line of no order', () => line('order-3', 'mug', 1), 'reservation_line_order_id_fkey'],
  ])('refuses %s', async (_what, write, constraint) => {
    await expect(write()).rejects.toThrow(constraint);
  });
});
