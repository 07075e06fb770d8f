import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { insist } from '@emall/runtime/testing';
import { sql } from 'kysely';
import { type OpenCart, openCart, shopperOf } from '../testing.ts';

let shop: OpenCart;
beforeAll(async () => {
  shop = await openCart();
  for (const sku of ['A', 'B', 'C']) shop.sell(sku);
});
afterAll(() => shop.close());

type Shopper = ReturnType<typeof shopperOf>;

/** Repeated when it was 503; its key keeps it one add. */
function add(shopper: Shopper, sku: string, quantity = 1) {
  const key = { 'idempotency-key': randomUUID() };
  return insist(() => shopper.add(sku, quantity, key));
}

describe('changes at the same moment', () => {
  it('add up exactly, the first ones of a new cart included', async () => {
    const anna = shopperOf(shop);
    const answers = await Promise.all(Array.from({ length: 50 }, () => add(anna, 'A')));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(50).fill(200));
    expect(await anna.rows()).toEqual({ A: 50 });
    expect(Math.max(...answers.map(({ headers }) => Number(headers['emall-cart-items'])))).toBe(50);
  });

  it('stop at 99 of one thing', async () => {
    const bert = shopperOf(shop);
    const answers = await Promise.all(Array.from({ length: 40 }, () => add(bert, 'A', 3)));
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(33);
    expect(answers.filter((answer) => answer.statusCode === 409 && answer.json().code === 'quantity-limit')).toHaveLength(7);
    expect(await bert.rows()).toEqual({ A: 99 });
  });

  it('stop at 100 different things, neither more nor fewer', async () => {
    const skus = Array.from({ length: 120 }, (_, i) => `MANY-${i}`);
    for (const sku of skus) shop.sell(sku);
    const cleo = shopperOf(shop);
    const answers = await Promise.all(skus.map((sku) => add(cleo, sku)));
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(100);
    expect(answers.filter((answer) => answer.statusCode === 409 && answer.json().code === 'cart-full')).toHaveLength(20);
    const held = Object.keys(await cleo.rows());
    expect(held).toHaveLength(100);
    expect((await cleo.add(held[0] ?? '')).statusCode).toBe(200);
    expect((await cleo.add('A')).json().code).toBe('cart-full');
    expect((await cleo.set('A', 1)).json().code).toBe('cart-full');
    expect((await cleo.get()).json().lines).toHaveLength(100);
  });

  it('of every kind end in no deadlock, whatever their order (3.1 Deadlock / serialisation)', async () => {
    const dora = shopperOf(shop);
    for (let round = 0; round < 6; round += 1) {
      const calls = ['A', 'B', 'C'].flatMap((sku) => [add(dora, sku), insist(() => dora.set(sku, 0)), add(dora, sku, 2), insist(() => dora.set(sku, 3))]);
      const answers = await Promise.all([...calls, insist(() => dora.empty()), ...['C', 'B', 'A'].map((sku) => add(dora, sku))]);
      expect(answers.map(({ statusCode }) => statusCode)).toEqual(answers.map(() => 200));
    }
    await dora.empty();
    expect(await dora.rows()).toEqual({});
  });
});

describe('the database itself', () => {
  const line = (shopper: string, { sku = 'A', quantity = 1, price = 1 } = {}) =>
    sql`insert into cart_line (shopper, sku, quantity, name, price_amount, price_currency) values (${shopper}, ${sku}, ${quantity}, 'x', ${price}, 'GBP')`.execute(shop.db);
  beforeAll(async () => {
    await sql`insert into cart (shopper) values ('direct')`.execute(shop.db);
  });

  it('holds no quantity outside 1..99', async () => {
    for (const quantity of [0, -1, 100]) await expect(line('direct', { quantity })).rejects.toThrow('cart_line_quantity');
  });

  it.each([
    ['malformed SKU', () => line('direct', { sku: 'a b' }), 'cart_line_sku'],
    ['price of less than nothing', () => line('direct', { price: -1 }), 'cart_line_price'],
    ['line without its cart', () => line('nobody'), 'cart_line_shopper_fkey'],
  ])('holds no %s', async (_what, write, constraint) => {
    await expect(write()).rejects.toThrow(constraint);
  });
});
