import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { asShopper } from '@emall/runtime/testing';
import { order, ORDER_ID } from '../../testing/data.ts';
import { healthy, type OpenPages, openPages } from '../../testing/pages.ts';

let pages: OpenPages;
beforeAll(async () => {
  pages = await openPages();
});
afterAll(() => pages.close());
beforeEach(() => {
  Object.assign(pages.upstream.handlers, healthy());
  pages.upstream.calls.length = 0;
});

describe('GET /orders/{id}', () => {
  it('shows the number, what comes next and the link to find it again', async () => {
    const { statusCode, body } = await pages.get(`/orders/${ORDER_ID}?key=secret`);
    expect(statusCode).toBe(200);
    for (const text of ['EM-7Q4K-2M9D', 'What comes next', '£27.95', 'Wed 25 Nov to Fri 27 Nov']) expect(body).toContain(text);
    expect(body).toContain(`value="https://shop.example/orders/${ORDER_ID}?key=secret"`);
    expect(pages.upstream.calls.some(({ url }) => url === `/api/orders/${ORDER_ID}?key=secret`)).toBe(true);
  });

  it('shows the goods as they looked, and those of an order from before that was kept on a neutral tile', async () => {
    const { body } = await pages.get(`/orders/${ORDER_ID}`);
    expect(body).toContain('<filter id="tone-blue"');
    expect(body).toMatch(/tile tint-15 tile-small tile-medium"><img class="tile-picture tone-blue"/);
    const lines = order.lines.map((line) => ({ ...line, picture: { name: '2615', alt: 'A mug', recolour: null }, tint: null }));
    pages.upstream.handlers[`GET /api/orders/${ORDER_ID}`] = () => ({ body: { ...order, lines } });
    expect((await pages.get(`/orders/${ORDER_ID}`)).body).toMatch(/"tile tile-small tile-medium"><img class="tile-picture"/);
  });

  it('tells its address to nobody and is kept nowhere', async () => {
    const { headers } = await pages.get(`/orders/${ORDER_ID}?key=secret`);
    expect(headers).toMatchObject({ 'referrer-policy': 'same-origin', 'cache-control': 'private, no-store' });
  });

  it('offers to cancel to the owner, with and without the link, and not to who merely has the link', async () => {
    const cancel = `action="/orders/${ORDER_ID}/cancel"`;
    const { headers: theirs } = asShopper();
    expect((await pages.get(`/orders/${ORDER_ID}`, theirs)).body).toContain(cancel);
    expect((await pages.get(`/orders/${ORDER_ID}?key=secret`, theirs)).body).toContain(cancel);
    expect((await pages.get(`/orders/${ORDER_ID}?key=secret`)).body).not.toContain(cancel);

    const opensByKey = ({ url }: { url: string }) => (url.endsWith('?key=secret') ? { body: order } : { status: 404, body: { code: 'not-found' } });
    pages.upstream.handlers[`GET /api/orders/${ORDER_ID}`] = opensByKey;
    const { statusCode, body } = await pages.get(`/orders/${ORDER_ID}?key=secret`, theirs);
    expect(statusCode).toBe(200);
    expect(body).not.toContain(cancel);
  });

  it('looks again by itself while the payment is being confirmed, with and without a script', async () => {
    pages.upstream.handlers[`GET /api/orders/${ORDER_ID}`] = () => ({ body: { ...order, state: 'awaiting_payment', payment: { method: 'card' } } });
    const { body } = await pages.get(`/orders/${ORDER_ID}?key=secret`);
    expect(body).toContain('We are confirming your payment');
    expect(body).toContain(`hx-get="/orders/${ORDER_ID}?key=secret" hx-trigger="every 3s"`);
    expect(body).toContain('<noscript><meta http-equiv="refresh" content="3"/></noscript>');
  });

  it('stops looking once it is paid', async () => {
    expect((await pages.get(`/orders/${ORDER_ID}`)).body).not.toContain('every 3s');
  });

  it.each([
    ['does not answer', () => 'reset' as const],
    ['has no database', () => ({ status: 503, body: { code: 'unavailable' }, headers: { 'retry-after': '1' } })],
  ])('is no error for who comes back from paying while the order service %s: the page says what happens and looks again', async (_what, handler) => {
    pages.upstream.handlers[`GET /api/orders/${ORDER_ID}`] = handler;
    for (const visitor of [{}, asShopper().headers]) {
      const { statusCode, headers, body } = await pages.get(`/orders/${ORDER_ID}?key=secret`, visitor);
      expect([statusCode, headers['retry-after'], headers['cache-control']]).toEqual([503, '3', 'private, no-store']);
      for (const text of ['We are confirming your order', 'we are confirming your payment', 'no need to pay or to order again']) expect(body).toContain(text);
      expect(body).toContain(`<div id="order" hx-get="/orders/${ORDER_ID}?key=secret" hx-trigger="every 3s" hx-select="#order" hx-target="#order" hx-swap="outerHTML"`);
      expect(body).toContain('<noscript><meta http-equiv="refresh" content="3"/></noscript>');
    }
  });

  describe('of money that goes back', () => {
    const pounds = (amount: number) => ({ amount, currency: 'GBP' });
    const show = async (change: object) => {
      pages.upstream.handlers[`GET /api/orders/${ORDER_ID}`] = () => ({ body: { ...order, ...change } });
      return (await pages.get(`/orders/${ORDER_ID}`)).body;
    };
    const done = { amount: pounds(500), state: 'done', at: '2026-11-24T09:00:00.000Z' };
    const open = { amount: pounds(250), state: 'open', at: '2026-11-25T09:00:00.000Z' };

    it('says of a part how much, and whether it is back', async () => {
      const body = await show({ state: 'paid', payment: { method: 'card', state: 'paid', refunded: pounds(500), refunds: [done, open] } });
      for (const text of ['Thank you, your order is placed', 'Returned on 24 November 2026', '£5.00', 'On its way back to you', '£2.50']) expect(body).toContain(text);
    });

    it.each(['refunding', 'expired'])('does not say of a cancelled order that nothing was charged, when its payment is %s', async (state) => {
      const body = await show({ state: 'cancelled', payment: { method: 'card', state, refunds: [open] } });
      expect(body).toContain('Your money is on its way back');
      expect(body).not.toContain('Nothing was charged');
    });

    it('says so of one that nobody has paid', async () => {
      for (const payment of [{ method: 'on_delivery' }, { method: 'card', state: 'expired' }]) expect(await show({ state: 'cancelled', payment })).toContain('Nothing was charged');
    });

    it.each([[[]], [[done]]])('does not promise what the provider has refused for good, after %j', async (refunds) => {
      const body = await show({ state: 'cancelled', payment: { method: 'card', state: 'refunding', ...(refunds.length > 0 && { refunds }) } });
      expect(body).toContain('did not work by itself');
      expect(body).not.toContain('on its way back');
    });

    it('says when all of it is back', async () => {
      const body = await show({ state: 'refunded', payment: { method: 'card', state: 'refunded', refunded: pounds(2795), refunds: [{ ...done, amount: pounds(2795) }] } });
      for (const text of ['This order was refunded', 'Returned on 24 November 2026', 'We have returned what you paid']) expect(body).toContain(text);
    });
  });

  it('draws the badge anew, and does without when cart does not answer', async () => {
    const { headers } = asShopper();
    expect((await pages.get(`/orders/${ORDER_ID}`, headers)).headers['emall-cart-items']).toBe('10');
    pages.upstream.handlers['GET /api/cart'] = () => 'reset';
    expect((await pages.get(`/orders/${ORDER_ID}`, headers)).statusCode).toBe(200);
  });

  describe('asks for the number in the badge again', () => {
    const again = 'hx-get="/cart/count?had=10&looks=1" hx-trigger="load delay:1s"';
    const placed = (minutesAgo: number, change: object = {}) => () => ({ body: { ...order, placedAt: new Date(Date.now() - minutesAgo * 60_000).toISOString(), ...change } });
    const look = async (query = '') => (await pages.get(`/orders/${ORDER_ID}${query}`, asShopper().headers)).body;

    it('while what was ordered a moment ago is still in the cart', async () => {
      pages.upstream.handlers[`GET /api/orders/${ORDER_ID}`] = placed(20);
      expect(await look()).toContain(again);
      pages.upstream.handlers['GET /api/cart'] = () => ({ body: { lines: [], subtotal: order.total } });
      expect(await look()).not.toContain('/cart/count');
    });

    it('not for an order of another day, one that is not placed, or one of somebody else', async () => {
      pages.upstream.handlers[`GET /api/orders/${ORDER_ID}`] = placed(61);
      expect(await look()).not.toContain('/cart/count');
      pages.upstream.handlers[`GET /api/orders/${ORDER_ID}`] = placed(0, { state: 'awaiting_payment' });
      expect(await look()).not.toContain('/cart/count');
      pages.upstream.handlers[`GET /api/orders/${ORDER_ID}`] = ({ url }) => (url.endsWith('?key=secret') ? placed(0)() : { status: 404, body: { code: 'not-found' } });
      expect(await look('?key=secret')).not.toContain('/cart/count');
    });
  });

  it.each(['/orders/unknown', '/orders/00000000-0000-8000-8000-000000000000', `/orders/${ORDER_ID}x`])('answers 404 for %s', async (url) => {
    expect((await pages.get(url)).statusCode).toBe(404);
  });
});

describe('GET /orders', () => {
  it("lists the shopper's own orders", async () => {
    const { body } = await pages.get('/orders');
    expect(body).toContain(`href="/orders/${ORDER_ID}"`);
    expect(body).toContain('23 November 2026');
  });

  it('says how much of an order was returned, when it was not all', async () => {
    const { number, state, placedAt, total } = order;
    const refunded = { amount: 500, currency: 'GBP' };
    const listed = (change: object) => () => ({ body: { items: [{ id: ORDER_ID, number, state, placedAt, total, units: 2, refunded, ...change }], nextCursor: null } });
    pages.upstream.handlers['GET /api/orders'] = listed({ state: 'paid' });
    expect((await pages.get('/orders')).body).toContain('23 November 2026 · £5.00 returned');
    pages.upstream.handlers['GET /api/orders'] = listed({ state: 'refunded', refunded: total });
    expect((await pages.get('/orders')).body).not.toContain('returned');
  });

  it('draws the badge anew', async () => {
    expect((await pages.get('/orders', asShopper().headers)).headers['emall-cart-items']).toBe('10');
  });

  it('is an empty list for who is nobody yet, and a 503 when nobody knows', async () => {
    pages.upstream.handlers['GET /api/orders'] = () => ({ status: 401, body: { code: 'unauthenticated' } });
    expect((await pages.get('/orders')).body).toContain('No orders from this device yet');
    pages.upstream.handlers['GET /api/orders'] = () => 'reset';
    expect((await pages.get('/orders')).statusCode).toBe(503);
  });
});

describe('POST /orders/{id}/cancel', () => {
  it('cancels, and leads to the order or to the cart', async () => {
    pages.upstream.handlers[`POST /api/orders/${ORDER_ID}/cancel`] = () => ({ body: { ...order, state: 'cancelled' } });
    expect((await pages.post(`/orders/${ORDER_ID}/cancel`, {})).headers.location).toBe(`/orders/${ORDER_ID}`);
    expect((await pages.post(`/orders/${ORDER_ID}/cancel`, { back: 'cart' })).headers.location).toBe('/cart');
    expect((await pages.post(`/orders/${ORDER_ID}/cancel`, { back: 'checkout' })).headers.location).toBe('/checkout');
    expect((await pages.post(`/orders/${ORDER_ID}/cancel`, { back: '//elsewhere.example' })).headers.location).toBe(`/orders/${ORDER_ID}`);
  });

  it('leads to the order when it was paid meanwhile', async () => {
    pages.upstream.handlers[`POST /api/orders/${ORDER_ID}/cancel`] = () => ({ status: 409, body: { code: 'not-cancellable' } });
    expect((await pages.post(`/orders/${ORDER_ID}/cancel`, { back: 'cart' })).headers.location).toBe(`/orders/${ORDER_ID}`);
  });

  it.each([
    ['gets no answer', () => 'reset' as const],
    ['waits for the payment provider in vain', () => ({ status: 503, body: { code: 'unavailable' } })],
  ])('leads to the order when it %s, whose page says that it stands and can be cancelled again', async (_what, handler) => {
    pages.upstream.handlers[`POST /api/orders/${ORDER_ID}/cancel`] = handler;
    const { statusCode, headers } = await pages.post(`/orders/${ORDER_ID}/cancel`, { back: 'cart' });
    expect([statusCode, headers.location]).toEqual([303, `/orders/${ORDER_ID}?cancel=not-yet`]);
    const look = async () => (await pages.get(String(headers.location), asShopper().headers)).body;
    expect(await look()).toMatch(/could not be cancelled just now.*action="\/orders\/[^"]+\/cancel"/s);
    pages.upstream.handlers[`GET /api/orders/${ORDER_ID}`] = () => ({ body: { ...order, state: 'cancelled', cancellable: false } });
    expect(await look()).not.toContain('could not be cancelled');
  });

  it("answers 404 for somebody else's", async () => {
    pages.upstream.handlers[`POST /api/orders/${ORDER_ID}/cancel`] = () => ({ status: 404, body: { code: 'not-found' } });
    expect((await pages.post(`/orders/${ORDER_ID}/cancel`, {})).statusCode).toBe(404);
  });
});
