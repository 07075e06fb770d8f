import { countStatements, insist } from '@emall/runtime/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type OpenCart, openCart, shopperOf } from '../testing.ts';

let shop: OpenCart;
beforeAll(async () => {
  shop = await openCart();
  for (const sku of ['A', 'B', 'C', 'a', '..', 'x.y_z-1']) shop.sell(sku);
});
afterAll(() => shop.close());

describe('POST /api/cart/lines', () => {
  it('makes a line, then adds to it, in two statements and one call to catalog', async () => {
    const anna = shopperOf(shop);
    const first = await countStatements(shop.app, () => anna.add('A', 2));
    expect(first.response.json()).toMatchObject({ lines: [{ sku: 'A', quantity: 2 }], subtotal: { amount: 2000 } });
    await anna.add('B');
    const calls = shop.upstream.calls.length;
    const { response, statements } = await countStatements(shop.app, () => anna.add('A', 3, { 'idempotency-key': 'k-1' }));
    expect([response.statusCode, first.statements, statements, shop.upstream.calls.length - calls]).toEqual([200, 2, 2, 1]);
    expect(response.json()).toMatchObject({ lines: [{ sku: 'A', quantity: 5 }, { sku: 'B', quantity: 1 }], subtotal: { amount: 6000 } });
    expect(response.headers).toMatchObject({ 'emall-cart-items': '6', 'cache-control': 'no-store' });
    expect(await anna.rows()).toEqual({ A: 5, B: 1 });
    expect(response.json()).toEqual((await anna.get()).json());
  });

  it('takes SKUs as they are written: case and dots matter', async () => {
    const bert = shopperOf(shop);
    for (const sku of ['A', 'a', '..', 'x.y_z-1']) expect((await bert.add(sku)).statusCode).toBe(200);
    expect(await bert.rows()).toEqual({ A: 1, a: 1, '..': 1, 'x.y_z-1': 1 });
  });

  it('remembers the price of today when more is added', async () => {
    shop.sell('RISING', { amount: 500 });
    const cleo = shopperOf(shop);
    await cleo.add('RISING');
    shop.sell('RISING', { amount: 600 });
    expect((await cleo.add('RISING')).json().lines[0]).toMatchObject({ quantity: 2, price: { amount: 600 }, total: { amount: 1200 } });
    expect((await cleo.get()).json().lines[0].problem).toBeUndefined();
  });

  it('refuses a SKU that catalog does not know and names the field', async () => {
    const dora = shopperOf(shop);
    const response = await dora.add('NO-SUCH');
    expect(response.statusCode).toBe(404);
    expect(response.json()).toMatchObject({ code: 'unknown-sku', errors: [{ field: 'sku' }] });
    expect(await dora.rows()).toEqual({});
  });

  it('refuses what is sold out, and takes more than there is with a word about it', async () => {
    shop.sell('SOLD', { available: 0 });
    shop.sell('FEW', { available: 2 });
    const eve = shopperOf(shop);
    const refused = await eve.add('SOLD');
    expect(refused.statusCode).toBe(409);
    expect(refused.json()).toMatchObject({ code: 'sold-out', sku: 'SOLD', available: 0 });
    expect((await eve.add('FEW', 3)).json().lines[0]).toMatchObject({ quantity: 3, available: 2, problem: 'only-n-left' });
  });

  it('refuses more than 99 of one thing and leaves the line as it was', async () => {
    const finn = shopperOf(shop);
    await finn.add('A', 98);
    const refused = await finn.add('A', 2);
    expect(refused.statusCode).toBe(409);
    expect(refused.json()).toMatchObject({ code: 'quantity-limit', quantity: 98, limit: 99 });
    expect((await finn.add('A', 1)).statusCode).toBe(200);
    expect(await finn.rows()).toEqual({ A: 99 });
  });

  it('needs an identity', async () => {
    const response = await shop.app.inject({ method: 'POST', url: '/api/cart/lines', payload: { sku: 'A', quantity: 1 } });
    expect([response.statusCode, response.json().code]).toEqual([401, 'unauthenticated']);
  });
});

describe('an Idempotency-Key', () => {
  const key = { 'idempotency-key': 'add-7f3' };

  it('makes a repeat add nothing, even when the cart was emptied or the thing sold out in between', async () => {
    shop.sell('ONCE');
    const anna = shopperOf(shop);
    const first = await anna.add('ONCE', 2, key);
    expect((await anna.add('ONCE', 2, key)).json()).toEqual(first.json());
    shop.sell('ONCE', { available: 0 });
    expect((await anna.add('ONCE', 2, key)).statusCode).toBe(200);
    await anna.empty();
    expect((await anna.add('ONCE', 2, key)).json().lines).toEqual([]);
  });

  it('adds once when twenty repeats arrive together', async () => {
    const bert = shopperOf(shop);
    const answers = await Promise.all(Array.from({ length: 20 }, () => insist(() => bert.add('A', 3, key))));
    expect(answers.map((answer) => [answer.statusCode, answer.headers['emall-cart-items']])).toEqual(answers.map(() => [200, '3']));
    expect(await bert.rows()).toEqual({ A: 3 });
  });

  it('tells repeats that arrive together of one add also when a second one would pass the limit', async () => {
    const bert = shopperOf(shop);
    const answers = await Promise.all(Array.from({ length: 20 }, () => insist(() => bert.add('A', 60, key))));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(answers.map(() => 200));
    expect(await bert.rows()).toEqual({ A: 60 });
  });

  it('is refused with 422 for another add', async () => {
    const cleo = shopperOf(shop);
    await cleo.add('A', 3, key);
    for (const answer of [await cleo.add('A', 4, key), await cleo.add('B', 3, key)]) {
      expect([answer.statusCode, answer.json().code]).toEqual([422, 'idempotency-key-reused']);
    }
    expect(await cleo.rows()).toEqual({ A: 3 });
  });

  it('belongs to one shopper', async () => {
    const [dora, eve] = [shopperOf(shop), shopperOf(shop)];
    await dora.add('A', 3, key);
    await eve.add('B', 1, key);
    expect(await eve.rows()).toEqual({ B: 1 });
  });

  it('is not spent by an add that was refused', async () => {
    const finn = shopperOf(shop);
    await finn.add('A', 99);
    expect((await finn.add('A', 1, key)).statusCode).toBe(409);
    await finn.set('A', 1);
    expect((await finn.add('A', 1, key)).statusCode).toBe(200);
    expect(await finn.rows()).toEqual({ A: 2 });
  });

  it('must be 1 to 200 printable characters', async () => {
    const gina = shopperOf(shop);
    for (const bad of ['', 'a b', 'x'.repeat(201), 'ü']) expect((await gina.add('A', 1, { 'idempotency-key': bad })).statusCode).toBe(400);
    expect(await gina.rows()).toEqual({});
  });
});

describe('PUT /api/cart/lines/{sku}', () => {
  it('sets a quantity in two statements', async () => {
    const anna = shopperOf(shop);
    await anna.add('A', 5);
    const { response, statements } = await countStatements(shop.app, () => anna.set('A', 2));
    expect(statements).toBe(2);
    expect(response.json()).toMatchObject({ lines: [{ sku: 'A', quantity: 2 }], subtotal: { amount: 2000 } });
    expect(await anna.rows()).toEqual({ A: 2 });
  });

  it('makes the line when there is none, under the rules of adding', async () => {
    shop.sell('SOLD', { available: 0 });
    const bert = shopperOf(shop);
    expect((await bert.set('A', 4)).json().lines).toMatchObject([{ sku: 'A', quantity: 4 }]);
    expect((await bert.set('SOLD', 1)).statusCode).toBe(409);
    expect((await bert.set('NO-SUCH', 1)).statusCode).toBe(404);
    expect(await bert.rows()).toEqual({ A: 4 });
  });

  it('removes the line at 0, and again without complaint', async () => {
    const cleo = shopperOf(shop);
    await cleo.add('A', 5);
    await cleo.add('B', 1);
    const { response, statements } = await countStatements(shop.app, () => cleo.set('A', 0));
    expect([statements, response.headers['emall-cart-items']]).toEqual([2, '1']);
    expect(response.json()).toMatchObject({ lines: [{ sku: 'B' }], subtotal: { amount: 1000 } });
    expect((await cleo.set('A', 0)).json()).toEqual(response.json());
    expect(await cleo.rows()).toEqual({ B: 1 });
  });

  it('lets a line that is sold out or no longer sold be lowered or taken out', async () => {
    shop.sell('FADING');
    const dora = shopperOf(shop);
    await dora.add('FADING', 3);
    shop.sell('FADING', { available: 0 });
    expect((await dora.set('FADING', 1)).json().lines[0]).toMatchObject({ quantity: 1, problem: 'sold-out' });
    shop.discontinue('FADING');
    expect((await dora.set('FADING', 2)).statusCode).toBe(404);
    expect((await dora.set('FADING', 0)).json().lines).toEqual([]);
  });
});
