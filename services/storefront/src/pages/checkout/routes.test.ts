import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { asShopper } from '@emall/runtime/testing';
import { ORDER_ID, quote } from '../../testing/data.ts';
import { healthy, type OpenPages, openPages, withWaitingOrder } from '../../testing/pages.ts';

let pages: OpenPages;
beforeAll(async () => {
  pages = await openPages();
});
afterAll(() => pages.close());
beforeEach(() => {
  Object.assign(pages.upstream.handlers, healthy());
  delete pages.upstream.handlers['POST /api/orders'];
  pages.upstream.calls.length = 0;
});

const KEY = 'a-key-made-with-the-page';
const typed = {
  email: 'ada@example.com',
  name: 'Ada Lovelace',
  line1: '12 St James Square',
  line2: '',
  city: 'London',
  postcode: 'SW1Y 4JH',
  country: 'GB',
  shipping: 'express',
  payment: 'card',
  key: KEY,
  'total-standard': '2795',
  'total-express': '3095',
};
const placed = (payment: { method: string; url?: string }) => ({
  status: 201,
  body: { id: ORDER_ID, number: 'EM-1', state: 'accepted', total: { amount: 3095, currency: 'GBP' }, payment, link: `https://shop.example/orders/${ORDER_ID}?key=secret` },
});
const problem = (status: number, code: string, extra: object = {}) => () => ({ status, body: { code, status, ...extra } });
const ordersSent = () => pages.upstream.calls.filter(({ method, url }) => method === 'POST' && url === '/api/orders');
const keyIn = (body: string) => /name="key" value="([^"]+)"/.exec(body)?.[1];

describe('GET /checkout', () => {
  it('shows three steps, the sums of every delivery, and buttons that say what they do', async () => {
    const { statusCode, headers, body } = await pages.get('/checkout');
    expect([statusCode, headers['cache-control']]).toEqual([200, 'private, no-store']);
    for (const text of ['Pay £27.95', 'Place order £27.95', 'Pay £30.95', 'name="total-express" value="3095"']) expect(body).toContain(text);
  });

  it('shows what is ordered on the tint of its department, in the colour that was chosen', async () => {
    const { body } = await pages.get('/checkout');
    expect(body).toContain('<filter id="tone-blue"');
    expect(body).toMatch(/tile tint-15 tile-small"><img class="tile-picture tone-blue"/);
  });

  it('tells of an order that waits for its payment', async () => {
    Object.assign(pages.upstream.handlers, withWaitingOrder());
    const { body } = await pages.get('/checkout', asShopper().headers);
    for (const text of ['put aside for you until 10:15', 'href="https://pay.example/c/1"', 'name="back" value="checkout"']) expect(body).toContain(text);
    expect((await pages.get('/checkout')).body).not.toContain('put aside');
  });

  it('carries a new key each time', async () => {
    const keys = await Promise.all([pages.get('/checkout'), pages.get('/checkout')]);
    expect(new Set(keys.map(({ body }) => keyIn(body))).size).toBe(2);
  });

  it('lets its form lead to the payment page, and no other page does', async () => {
    expect((await pages.get('/checkout')).headers['content-security-policy']).toContain("form-action 'self' https://pay.example");
    expect((await pages.get('/cart')).headers['content-security-policy']).toMatch(/form-action 'self'$/);
  });

  it.each([
    ['has no cart yet', problem(401, 'unauthenticated')],
    ['has an empty cart', problem(409, 'cart-empty')],
    ['wants more than there is', () => ({ body: { ...quote(395), lines: [{ ...quote(395).lines[0], quantity: 99, available: 3 }] } })],
  ])('sends back to the cart who %s', async (_who, handler) => {
    pages.upstream.handlers['POST /api/orders/quote'] = handler;
    const { statusCode, headers } = await pages.get('/checkout');
    expect([statusCode, headers.location]).toEqual([303, '/cart']);
  });
});

describe('POST /checkout', () => {
  it('orders with the key of the page and the total it showed, and leads to the payment', async () => {
    pages.upstream.handlers['POST /api/orders'] = () => placed({ method: 'card', url: 'https://pay.example/c/1' });
    const { statusCode, headers } = await pages.post('/checkout', typed);
    expect([statusCode, headers.location]).toEqual([303, 'https://pay.example/c/1']);
    expect(ordersSent()[0]).toMatchObject({
      headers: { 'idempotency-key': KEY },
      body: { email: typed.email, shippingMethod: 'express', paymentMethod: 'card', expectedTotal: { amount: 3095, currency: 'GBP' }, address: { postcode: 'SW1Y 4JH' } },
    });
  });

  it('leads to the private link when it is paid at the door', async () => {
    pages.upstream.handlers['POST /api/orders'] = () => placed({ method: 'on_delivery' });
    const { headers } = await pages.post('/checkout', { ...typed, payment: 'on_delivery' });
    expect(headers.location).toBe(`/orders/${ORDER_ID}?key=secret`);
  });

  it('names every wrong field, keeps what was typed, and orders nothing', async () => {
    const { statusCode, body } = await pages.post('/checkout', { ...typed, email: 'ada@', postcode: '', country: 'XX', name: 'x'.repeat(200) });
    expect(statusCode).toBe(422);
    for (const field of ['email', 'postcode', 'country', 'name']) {
      expect(body).toContain(`id="${field}-error"`);
      expect(body).toContain(`href="#${field}"`);
    }
    expect(body).toContain('aria-describedby="email-error email-hint"');
    expect(body).toContain('value="12 St James Square"');
    expect(body).toMatch(/class="ship-express" type="radio" name="shipping" value="express" checked/);
    expect(keyIn(body)).toBe(KEY);
    expect(ordersSent()).toEqual([]);
  });

  it("puts the order service's objections beside their fields", async () => {
    pages.upstream.handlers['POST /api/orders'] = problem(400, 'invalid-request', { errors: [{ field: 'address.postcode', reason: 'is not in the expected form' }] });
    const { statusCode, body } = await pages.post('/checkout', typed);
    expect(statusCode).toBe(422);
    expect(body).toMatch(/id="postcode-error">Enter a postcode, for example SW1Y 4JH/);
    expect(body.match(/Enter a postcode/g)).toHaveLength(1);
    expect(body.match(/class="note /g)).toHaveLength(1);
  });

  it('says so when the order service could not read the form and names no field', async () => {
    pages.upstream.handlers['POST /api/orders'] = problem(400, 'invalid-request', { errors: [{ field: 'expectedTotal', reason: 'must be an object' }] });
    const { statusCode, body } = await pages.post('/checkout', typed);
    expect(statusCode).toBe(422);
    expect(body).toContain('could not read the form');
  });

  it.each([
    ['total-changed', 'The total has changed'],
    ['out-of-stock', 'Something sold out just now'],
    ['cart-changed', 'Your cart changed'],
  ])('shows the page again with a new key after %s', async (code, title) => {
    pages.upstream.handlers['POST /api/orders'] = problem(409, code);
    const { statusCode, body } = await pages.post('/checkout', typed);
    expect(statusCode).toBe(409);
    expect(body).toContain(title);
    expect(body).toContain('value="Ada Lovelace"');
    expect(keyIn(body)).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    ['does not answer', () => 'reset' as const],
    ['is still at it', problem(409, 'request-in-progress')],
  ])('keeps key and fields when the order service %s, so that a second press is the same order', async (_what, handler) => {
    pages.upstream.handlers['POST /api/orders'] = handler;
    const { statusCode, headers, body } = await pages.post('/checkout', typed);
    expect([statusCode, headers['retry-after']]).toEqual([503, '3']);
    expect(keyIn(body)).toBe(KEY);
    expect(body).toContain('name="total-express" value="3095"');
    expect(body).toContain('name="postcode" value="SW1Y 4JH"');
  });

  it('asks again while the first call with this key is still under way, and leads on with its answer', async () => {
    const still = problem(409, 'request-in-progress')();
    const answers = [{ ...still, headers: { 'retry-after': '1' } }, placed({ method: 'card', url: 'https://pay.example/c/1' })];
    pages.upstream.handlers['POST /api/orders'] = () => answers.shift() ?? still;
    const begin = performance.now();
    const { statusCode, headers } = await pages.post('/checkout', typed);
    expect([statusCode, headers.location]).toEqual([303, 'https://pay.example/c/1']);
    expect(performance.now() - begin).toBeGreaterThan(950);
    expect(ordersSent().map((call) => call.headers['idempotency-key'])).toEqual([KEY, KEY]);
    expect(ordersSent()[1]?.body).toEqual(ordersSent()[0]?.body);
  });

  it.each([
    ['has been asked four times', {}, 4],
    ['would have no time left to answer', { 'x-emall-deadline-ms': '3500' }, 2],
    ['asks for more patience than there is time', { 'x-emall-deadline-ms': '2900' }, 1],
  ])('asks no more once the order service %s', async (_what, headers, asks) => {
    pages.upstream.handlers['POST /api/orders'] = problem(409, 'request-in-progress');
    const { statusCode, body } = await pages.post('/checkout', typed, headers);
    expect([statusCode, keyIn(body), ordersSent().length]).toEqual([503, KEY, asks]);
  });

  it('says of an unknown outcome only what is known', async () => {
    pages.upstream.handlers['POST /api/orders'] = () => 'reset';
    const { body } = await pages.post('/checkout', typed);
    expect(body).toContain('Your order is not confirmed yet');
    expect(body).toContain('nothing is ordered or charged twice');
    expect(body).toContain('12 St James Square, London SW1Y 4JH');
    expect(body).not.toContain('have kept');
    expect(body).toContain('The button itself charges nothing');
    expect((await pages.post('/checkout', { ...typed, payment: 'on_delivery' })).body).not.toContain('The button itself charges nothing');
  });

  it('says that the cart changed when it holds other lines than the page showed, and that the total did when it does not', async () => {
    pages.upstream.handlers['POST /api/orders'] = problem(409, 'total-changed');
    const shown = /name="cart" value="([^"]+)"/.exec((await pages.get('/checkout')).body)?.[1] ?? '';
    expect((await pages.post('/checkout', { ...typed, cart: shown })).body).toContain('The total has changed');
    const more = quote(395);
    pages.upstream.handlers['POST /api/orders/quote'] = () => ({ body: { ...more, lines: [...more.lines, { ...more.lines[0], sku: 'ANOTHER' }] } });
    expect((await pages.post('/checkout', { ...typed, cart: shown })).body).toContain('Your cart changed');
  });

  it.each([
    ['cart-empty', problem(409, 'cart-empty'), 'Your cart is empty now'],
    ['out-of-stock', () => ({ body: { ...quote(395), lines: [{ ...quote(395).lines[0], available: 0 }] } }), 'Something sold out just now'],
  ])('says why nothing was ordered when nothing is left to press, after %s', async (code, quoted, title) => {
    Object.assign(pages.upstream.handlers, { 'POST /api/orders': problem(409, code), 'POST /api/orders/quote': quoted });
    const { statusCode, body } = await pages.post('/checkout', typed);
    expect(statusCode).toBe(409);
    expect(body).toContain(title);
    expect(body).not.toContain('<form class="checkout');
  });

  it.each([
    ['a full cart', () => ({ body: quote(395) })],
    ['the cart empty', problem(409, 'cart-empty')],
  ])('leads to the earlier order that was paid meanwhile, with %s', async (_what, quoted) => {
    const earlier = { id: ORDER_ID, number: 'EM-7Q4K-2M9D', link: `https://shop.example/orders/${ORDER_ID}?key=secret` };
    const detail = 'Your order EM-7Q4K-2M9D has already been paid, so nothing more was ordered or charged.';
    pages.upstream.handlers['POST /api/orders'] = problem(409, 'already-paid', { detail, order: earlier });
    pages.upstream.handlers['POST /api/orders/quote'] = quoted;
    const { statusCode, body } = await pages.post('/checkout', typed);
    expect(statusCode).toBe(409);
    for (const text of [detail, `href="/orders/${ORDER_ID}?key=secret"`, 'See order EM-7Q4K-2M9D']) expect(body).toContain(text);
  });

  it('leads to the order that another window made of this very cart, and offers nothing to press again', async () => {
    const other = { id: ORDER_ID, number: 'EM-7Q4K-2M9D', link: `https://shop.example/orders/${ORDER_ID}?key=secret` };
    pages.upstream.handlers['POST /api/orders'] = problem(409, 'already-ordered', { detail: 'For programs.', order: other });
    const { statusCode, body } = await pages.post('/checkout', typed);
    expect(statusCode).toBe(409);
    for (const text of ['You have ordered this already', 'nothing was ordered twice', `href="/orders/${ORDER_ID}?key=secret"`, 'See order EM-7Q4K-2M9D']) expect(body).toContain(text);
    expect(body).not.toContain('<form class="checkout');
    expect(body).not.toContain('For programs.');
  });

  it('warns who pressed before with other details, since that may be an order', async () => {
    pages.upstream.handlers['POST /api/orders'] = problem(422, 'idempotency-key-reused', { detail: 'Use a new key for another order.' });
    const { body } = await pages.post('/checkout', typed);
    expect(body).toContain('with other details');
    expect(body).not.toContain('Use a new key');
    expect(keyIn(body)).toMatch(/^[0-9a-f-]{36}$/);
  });

  describe('sent by htmx', () => {
    const htmx = { 'hx-request': 'true' };

    it('leads the browser to the payment without a history entry of its own', async () => {
      pages.upstream.handlers['POST /api/orders'] = () => placed({ method: 'card', url: 'https://pay.example/c/1' });
      const { statusCode, headers } = await pages.post('/checkout', typed, htmx);
      expect([statusCode, headers['hx-redirect'], headers.location]).toEqual([204, 'https://pay.example/c/1', undefined]);
      expect(headers['cache-control']).toBe('private, no-store');
    });

    it.each([
      [422, { ...typed, email: 'ada@' }, () => placed({ method: 'card' })],
      [409, typed, problem(409, 'total-changed')],
      [503, typed, () => 'reset' as const],
    ])('answers %i with what takes the place of the form, and says that it does', async (status, fields, handler) => {
      pages.upstream.handlers['POST /api/orders'] = handler;
      const { statusCode, headers, body } = await pages.post('/checkout', fields, htmx);
      expect([statusCode, headers['hx-retarget']]).toEqual([status, '#checkout']);
      expect(body).toMatch(/<div id="checkout">.*id="problem".*<form[^>]*hx-post="\/checkout"|<div id="checkout">.*<form[^>]*hx-post="\/checkout".*id="problem"/s);
    });

    it('says nothing of a place when it is not a page of the checkout that answers', async () => {
      pages.upstream.handlers['POST /api/orders/quote'] = () => 'reset';
      const { statusCode, headers } = await pages.post('/checkout', { ...typed, email: '' }, htmx);
      expect([statusCode, headers['hx-retarget']]).toEqual([503, undefined]);
    });
  });
});
