import { countStatements } from '@emall/runtime/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { type OpenCart, openCart, shopperOf } from '../testing.ts';

let shop: OpenCart;
beforeAll(async () => {
  shop = await openCart();
});
afterAll(() => shop.close());

describe('GET /api/cart', () => {
  it('answers an empty cart to somebody without an identity, and makes no guest', async () => {
    const response = await shop.app.inject('/api/cart');
    expect(response.statusCode).toBe(200);
    expect(response.json()).toEqual({ version: '0', lines: [], subtotal: { amount: 0, currency: 'GBP' } });
    expect(response.headers).toMatchObject({ 'emall-cart-items': '0', 'cache-control': 'no-store' });
    const { rows } = await sql<{ n: number }>`select count(*)::integer as n from cart`.execute(shop.db);
    expect(rows).toEqual([{ n: 0 }]);
  });

  it('refuses an identity that does not hold instead of showing an empty cart', async () => {
    const response = await shop.app.inject({ url: '/api/cart', headers: { 'x-emall-identity': 'somebody.gateway.1.forged' } });
    expect(response.statusCode).toBe(401);
    expect((await shop.app.inject({ url: '/api/cart', headers: { 'x-user-id': 'somebody' } })).json()).toMatchObject({ lines: [] });
  });

  it('takes names, pictures and prices from catalog at the moment of reading, in one statement', async () => {
    shop.sell('MUG-1', { amount: 1250, name: 'Mug' });
    const anna = shopperOf(shop);
    await anna.add('MUG-1', 2);
    shop.sell('MUG-1', { amount: 1250, name: 'Blue mug', available: 7 });
    const { response, statements } = await countStatements(shop.app, anna.get);
    expect(statements).toBe(1);
    expect(response.headers['emall-cart-items']).toBe('2');
    expect(response.json()).toEqual({
      version: expect.any(String),
      lines: [
        {
          sku: 'MUG-1',
          slug: 'mug-1',
          name: 'Blue mug',
          options: { colour: 'Red' },
          picture: { name: '1f3a7', alt: 'A thing', recolour: 'Red' },
          tint: 210,
          quantity: 2,
          price: { amount: 1250, currency: 'GBP' },
          available: 7,
          total: { amount: 2500, currency: 'GBP' },
        },
      ],
      subtotal: { amount: 2500, currency: 'GBP' },
    });
  });

  it('tells of sold-out, scarce, removed and repriced lines and counts only what can be bought', async () => {
    for (const sku of ['GONE', 'SCARCE', 'REMOVED', 'DEARER', 'FINE']) shop.sell(sku);
    const bert = shopperOf(shop);
    for (const sku of ['GONE', 'SCARCE', 'REMOVED', 'DEARER', 'FINE']) await bert.add(sku, 3);
    shop.sell('GONE', { available: 0 });
    shop.sell('SCARCE', { available: 2, amount: 900 });
    shop.discontinue('REMOVED');
    shop.sell('DEARER', { amount: 1100 });
    const response = await bert.get();
    const { lines, subtotal } = response.json();
    const told = lines.map(({ sku, problem, priceWas, available, total }: Record<string, unknown>) => [sku, problem, priceWas, available, (total as { amount: number }).amount]);
    const was = { amount: 1000, currency: 'GBP' };
    expect(told).toEqual([
      ['GONE', 'sold-out', undefined, 0, 0],
      ['SCARCE', 'only-n-left', was, 2, 1800],
      ['REMOVED', 'removed', undefined, 0, 0],
      ['DEARER', 'price-changed', was, 99, 3300],
      ['FINE', undefined, undefined, 99, 3000],
    ]);
    expect(lines[2]).toMatchObject({ name: 'The REMOVED', slug: null, picture: null, tint: null, price: was });
    expect(subtotal).toEqual({ amount: 8100, currency: 'GBP' });
    expect(response.headers['emall-cart-items']).toBe('15');
  });

  it('goes on telling of a changed price until the line is touched, which accepts it', async () => {
    shop.sell('LAMP', { amount: 4000 });
    const cleo = shopperOf(shop);
    await cleo.add('LAMP');
    shop.sell('LAMP', { amount: 4500 });
    for (let i = 0; i < 2; i += 1) expect((await cleo.get()).json().lines[0]).toMatchObject({ problem: 'price-changed', priceWas: { amount: 4000 } });
    const accepted = (await cleo.set('LAMP', 1)).json();
    expect(accepted.lines[0]).not.toHaveProperty('problem');
    expect(accepted.lines[0]).not.toHaveProperty('priceWas');
    expect((await cleo.get()).json()).toEqual(accepted);
  });

  it('keeps the order in which things were put in', async () => {
    const dora = shopperOf(shop);
    for (const sku of ['Z-LAST', 'A-FIRST', 'M-MID']) {
      shop.sell(sku);
      await dora.add(sku);
    }
    await dora.add('Z-LAST');
    expect((await dora.get()).json().lines.map(({ sku }: { sku: string }) => sku)).toEqual(['Z-LAST', 'A-FIRST', 'M-MID']);
  });

  it('shows a shopper no line of another', async () => {
    shop.sell('SECRET');
    const eve = shopperOf(shop);
    await shopperOf(shop).add('SECRET');
    expect((await eve.get()).json().lines).toEqual([]);
  });

  it('keeps a cart that is looked at from growing old', async () => {
    shop.sell('MUG-1');
    const finn = shopperOf(shop);
    await finn.add('MUG-1');
    await sql`update cart set touched_on = current_date - 29 where shopper = ${finn.id}`.execute(shop.db);
    await finn.get();
    const { rows } = await sql`select touched_on = current_date as today from cart where shopper = ${finn.id}`.execute(shop.db);
    expect(rows).toEqual([{ today: true }]);
    expect((await countStatements(shop.app, finn.get)).statements).toBe(1);
  });

  it('is answered by a database that takes no writes, on the first look of a day, too', async () => {
    shop.sell('MUG-1');
    const gwen = shopperOf(shop);
    await gwen.add('MUG-1');
    await sql`update cart set touched_on = current_date - 1 where shopper = ${gwen.id}`.execute(shop.db);
    const readOnly = await shop.readOnly();
    const reading = shopperOf(readOnly, gwen.id);
    expect((await reading.get()).json().lines).toMatchObject([{ sku: 'MUG-1' }]);
    expect((await reading.add('MUG-1')).statusCode).toBe(503);
    await readOnly.close();
  });

  describe('while catalog does not answer as it should', () => {
    let working: typeof shop.upstream.handlers;
    beforeAll(() => {
      working = { ...shop.upstream.handlers };
    });
    afterEach(() => void Object.assign(shop.upstream.handlers, working));

    it.each([
      ['is down', () => 'reset' as const],
      ['hangs', () => 'hang' as const],
      ['fails', () => ({ status: 500, body: { code: 'internal-error' } })],
      ['is too busy', () => ({ status: 503, body: { code: 'unavailable' } })],
      ['has lost the route', () => ({ status: 404, body: { code: 'not-found' } })],
    ])('answers 503 with Retry-After when it %s, and the cart is whole afterwards', async (_how, handler) => {
      shop.sell('MUG-1');
      const gina = shopperOf(shop);
      await gina.add('MUG-1', 2);
      shop.upstream.handlers['GET /api/catalog/variants'] = handler;
      for (const response of [await gina.get(), await gina.add('MUG-1'), await gina.set('MUG-1', 5)]) {
        expect(response.statusCode).toBe(503);
        expect(response.json()).toMatchObject({ code: 'unavailable' });
        expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
      }
      expect(await gina.rows()).toEqual({ 'MUG-1': 2 });
    });
  });
});

describe('DELETE /api/cart', () => {
  it('empties the cart and leaves those of others alone', async () => {
    shop.sell('MUG-1');
    const [hugo, ida] = [shopperOf(shop), shopperOf(shop)];
    await hugo.add('MUG-1', 2);
    await ida.add('MUG-1', 3);
    const response = await hugo.empty();
    expect([response.statusCode, response.headers['emall-cart-items'], response.json().lines]).toEqual([200, '0', []]);
    expect(await hugo.rows()).toEqual({});
    expect(await ida.rows()).toEqual({ 'MUG-1': 3 });
  });

  it('needs no catalog and no cart', async () => {
    expect((await shopperOf(shop).empty()).statusCode).toBe(200);
    expect((await shop.app.inject({ method: 'DELETE', url: '/api/cart' })).statusCode).toBe(200);
  });
});
