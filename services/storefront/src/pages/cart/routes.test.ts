import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { asShopper } from '@emall/runtime/testing';
import { cart, order, ORDER_ID } from '../../testing/data.ts';
import { healthy, type OpenPages, openPages, withWaitingOrder } from '../../testing/pages.ts';

let pages: OpenPages;
beforeAll(async () => {
  pages = await openPages();
});
afterAll(() => pages.close());
beforeEach(() => {
  Object.assign(pages.upstream.handlers, healthy());
  pages.upstream.calls.length = 0;
});

const htmx = { 'hx-request': 'true' };

describe('GET /cart', () => {
  it('shows every line, and says what changed since it was put in', async () => {
    const { statusCode, headers, body } = await pages.get('/cart');
    expect([statusCode, headers['cache-control'], headers['emall-cart-items']]).toEqual([200, 'private, no-store', '10']);
    for (const text of ['10 items', '£24.00', 'Only 3 left.', 'Take 3', 'Sold out since you added it', 'We no longer sell this', 'The price was £10.00']) {
      expect(body).toContain(text);
    }
  });

  it('shows each line on the tint of its department, in the colour that was chosen', async () => {
    const { body } = await pages.get('/cart');
    const tiles = body.match(/<div class="[^"]*line-tile"><(?:img class="[^"]*"|span)/g) ?? [];
    expect(tiles.map((tile) => tile.match(/tint-\d+|tone-\w+/g))).toEqual([['tint-15'], ['tint-15', 'tone-blue'], ['tint-15'], null, ['tint-15']]);
    expect(body).toContain('<filter id="tone-blue"');
    expect(body).not.toContain('tone-red');
  });

  it('leads to the checkout only when every line can be ordered', async () => {
    expect((await pages.get('/cart')).body).not.toContain('href="/checkout"');
    pages.upstream.handlers['GET /api/cart'] = () => ({ body: { lines: [], subtotal: { amount: 0, currency: 'GBP' } } });
    expect((await pages.get('/cart')).body).toContain('Your cart is empty');
  });

  it('points to the order that emptied it, or to all of them when nobody knows', async () => {
    pages.upstream.handlers['GET /api/cart'] = () => ({ body: { lines: [], subtotal: { amount: 0, currency: 'GBP' } } });
    const { headers } = asShopper();
    const { body } = await pages.get('/cart', headers);
    expect(body).toContain(`<a href="/orders/${ORDER_ID}">EM-7Q4K-2M9D</a><span> of 23 November 2026 at 10:00: accepted.</span>`);
    pages.upstream.handlers['GET /api/orders'] = () => 'reset';
    expect((await pages.get('/cart', headers)).body).toContain('<a href="/orders">your orders</a>');
  });

  it('waits for the order service once, also when the cart is empty', async () => {
    pages.upstream.handlers['GET /api/cart'] = () => ({ body: { lines: [], subtotal: { amount: 0, currency: 'GBP' } } });
    pages.upstream.handlers['GET /api/orders'] = () => 'hang';
    expect((await pages.get('/cart', asShopper().headers)).statusCode).toBe(200);
    expect(pages.upstream.calls.filter(({ url }) => url.startsWith('/api/orders'))).toHaveLength(1);
  });

  it('passes the shopper on to cart', async () => {
    const { headers } = asShopper();
    await pages.get('/cart', headers);
    expect(pages.upstream.calls.find(({ url }) => url === '/api/cart')?.headers).toMatchObject(headers);
  });

  it('is a 503 and never an empty cart when cart does not answer', async () => {
    pages.upstream.handlers['GET /api/cart'] = () => 'reset';
    const { statusCode, headers, body } = await pages.get('/cart');
    expect([statusCode, headers['retry-after'], headers['cache-control']]).toEqual([503, '1', 'private, no-store']);
    expect(body).not.toContain('empty');
  });

  it('needs no departments', async () => {
    const fresh = await openPages({ ...healthy(), 'GET /api/catalog/categories': () => 'reset' });
    expect((await fresh.get('/cart')).statusCode).toBe(200);
    await fresh.close();
  });
});

const inOrder = { ...cart, lines: cart.lines.slice(0, 1) };
const wayOut = [`EM-7Q4K-2M9D is put aside for you until 10:15`, 'href="https://pay.example/c/1" rel="noreferrer"', `action="/orders/${ORDER_ID}/cancel"`];

describe('a cart beside an order that waits for its payment', () => {
  const short = { ...cart, lines: [{ ...cart.lines[0], available: 0, problem: 'sold-out' }] };

  it('shows the way to the payment, and the way out', async () => {
    Object.assign(pages.upstream.handlers, withWaitingOrder());
    const { body } = await pages.get('/cart', asShopper().headers);
    for (const text of wayOut) expect(body).toContain(text);
    expect(body).not.toContain('It holds the last of what your cart wants');
  });

  it('says that the order holds what seems sold out, also when a line was changed', async () => {
    Object.assign(pages.upstream.handlers, withWaitingOrder(), {
      'GET /api/cart': () => ({ body: short }),
      'PUT /api/cart/lines/*': () => ({ body: short }),
    });
    const { headers } = asShopper();
    const { body } = await pages.get('/cart', headers);
    expect(body).toContain('It holds the last of what your cart wants');
    expect(body).not.toContain('Sold out since you added it');
    expect((await pages.post('/cart/lines/OTHER', { quantity: '0' }, { ...htmx, ...headers })).body).toContain('put aside for your own order');
  });

  it.each([
    ['refuses', () => ({ status: 503, body: { code: 'unavailable' } })],
    ['breaks off', () => 'reset' as const],
    ['hangs', () => 'hang' as const],
  ])('is whole when the order service %s', async (_how, handler) => {
    pages.upstream.handlers['GET /api/orders'] = handler;
    const { statusCode, body } = await pages.get('/cart', asShopper().headers);
    expect(statusCode).toBe(200);
    expect(body).toContain('10 items');
  });

  it('asks nothing for who has no identity', async () => {
    await pages.get('/cart');
    expect(pages.upstream.calls.filter(({ url }) => url.startsWith('/api/orders'))).toEqual([]);
  });
});

describe('GET /cart/count', () => {
  const ask = (query: string) => pages.get(`/cart/count${query}`, asShopper().headers);

  it('tells the badge, and is over once the number has changed', async () => {
    const { headers, body } = await ask('?had=12&looks=1');
    expect([body, headers['emall-cart-items'], headers['cache-control']]).toEqual(['', '10', 'private, no-store']);
  });

  it('asks again, ever more seldom, at most five times', async () => {
    let [query, seconds] = ['?had=10&looks=1', 0];
    const pauses: number[] = [];
    for (;;) {
      const { body } = await ask(query);
      [, query = '', seconds = 0] = (/hx-get="\/cart\/count(\?[^"]+)" hx-trigger="load delay:(\d+)s"/.exec(body) ?? []) as unknown as [string, string, number];
      if (query === '') break;
      pauses.push(Number(seconds));
    }
    expect(pauses).toEqual([1, 2, 4, 8]);
  });

  it('tries again without a word when cart does not answer, and asks nothing more for what it did not send', async () => {
    pages.upstream.handlers['GET /api/cart'] = () => 'reset';
    const { statusCode, headers, body } = await ask('?had=10&looks=1');
    expect([statusCode, 'emall-cart-items' in headers]).toEqual([200, false]);
    expect(body).toContain('looks=2');
    for (const query of ['', '?had=1', '?had=10&looks=-1', '?had=10&looks=1.5', '?had=10&looks=1e9', '?had=a&looks=b', '?looks=1&looks=2']) expect((await ask(query)).body).toBe('');
  });
});

describe('GET /checkout/cancelled', () => {
  it('is calm about it and shows the full cart', async () => {
    Object.assign(pages.upstream.handlers, withWaitingOrder(), { 'GET /api/cart': () => ({ body: inOrder }) });
    const { statusCode, body } = await pages.get('/checkout/cancelled', asShopper().headers);
    expect(statusCode).toBe(200);
    expect(body).toContain('Nothing was charged and nothing is lost');
    expect(body).toContain('Stoneware mug');
  });

  it('does not say that everything is there above lines that are not', async () => {
    Object.assign(pages.upstream.handlers, withWaitingOrder());
    const { body } = await pages.get('/checkout/cancelled', asShopper().headers);
    expect(body).toContain('Nothing was charged.');
    expect(body).not.toContain('everything is still in your cart');
  });

  it.each(['paid', 'accepted', 'shipped', 'refunded'])('leads to the order when it is %s by now', async (state) => {
    pages.upstream.handlers[`GET /api/orders/${ORDER_ID}`] = () => ({ body: { ...order, state } });
    const { statusCode, headers } = await pages.get(`/checkout/cancelled?order=${ORDER_ID}`, asShopper().headers);
    expect([statusCode, headers.location]).toEqual([303, `/orders/${ORDER_ID}`]);
  });

  it.each(['', '?order=zzz', `?order=${ORDER_ID.replace('0', '1')}`])('promises nothing of an order it cannot find: %p', async (query) => {
    for (const visitor of [{}, asShopper().headers]) {
      const { statusCode, body } = await pages.get(`/checkout/cancelled${query}`, visitor);
      expect([statusCode, body.includes('charged')]).toEqual([200, false]);
      expect(body).toContain('href="/orders"');
    }
  });

  it.each([`?order=${ORDER_ID}`, ''])('offers the way back to a payment that still waits, with the address ending in %p', async (query) => {
    Object.assign(pages.upstream.handlers, withWaitingOrder());
    const { body } = await pages.get(`/checkout/cancelled${query}`, asShopper().headers);
    for (const text of wayOut) expect(body).toContain(text);
    expect(body.match(/class="note note-info"/g)).toHaveLength(1);
  });
});

describe('POST /cart/lines', () => {
  it('adds and leads to the cart', async () => {
    const { statusCode, headers } = await pages.post('/cart/lines', { sku: 'MUG-RED', quantity: '2' });
    expect([statusCode, headers.location, headers['emall-cart-items']]).toEqual([303, '/cart', '10']);
    expect(pages.upstream.calls[0]).toMatchObject({ method: 'POST', url: '/api/cart/lines', body: { sku: 'MUG-RED', quantity: 2 } });
  });

  it('sends the request id as the key of the add: nginx may send one form to two replicas, and two forms are two adds', async () => {
    const form = { sku: 'MUG-RED', quantity: '2' };
    for (const id of ['0123456789abcdef', '0123456789abcdef', 'fedcba9876543210']) await pages.post('/cart/lines', form, { 'x-request-id': id });
    const keys = pages.upstream.calls.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toEqual(['0123456789abcdef', '0123456789abcdef', 'fedcba9876543210']);
  });

  it('answers htmx with a notice that names the product', async () => {
    const { statusCode, body } = await pages.post('/cart/lines', { sku: 'MUG-RED' }, htmx);
    expect(statusCode).toBe(200);
    expect(body).toContain('Added to your cart');
    expect(body).toContain('Stoneware mug');
    expect(body).not.toContain('<html');
    expect(body).not.toContain('tone-');
    expect((await pages.post('/cart/lines', { sku: 'MUG-FEW' }, htmx)).body).toMatch(/tile tint-15 tile-small"><img class="tile-picture tone-blue"/);
  });

  it.each([
    [{}, 'Choose which one'],
    [{ sku: 'MUG', quantity: '-1' }, 'The quantity must be'],
    [{ sku: 'MUG', quantity: '1.5' }, 'The quantity must be'],
    [{ sku: '<script>' }, 'Choose which one'],
  ] as [Record<string, string>, string][])('refuses %j with a page that says why, and asks nobody', async (fields, reason) => {
    const { statusCode, headers, body } = await pages.post('/cart/lines', fields);
    expect([statusCode, headers['content-type']]).toEqual([422, 'text/html; charset=utf-8']);
    expect(body).toContain(reason);
    expect(pages.upstream.calls.filter(({ method }) => method === 'POST')).toEqual([]);
  });

  it("passes on cart's refusal as one, as a page or as a notice", async () => {
    pages.upstream.handlers['POST /api/cart/lines'] = () => ({ status: 409, body: { code: 'sold-out', detail: 'Stoneware mug is sold out.', status: 409 } });
    const page = await pages.post('/cart/lines', { sku: 'MUG-RED' });
    expect(page.statusCode).toBe(409);
    expect(page.body).toContain('sold out');
    const notice = await pages.post('/cart/lines', { sku: 'MUG-RED' }, htmx);
    expect([notice.statusCode, notice.headers['hx-retarget']]).toEqual([409, '#notices']);
  });

  it.each([
    ['text/plain', 'sku=MUG'],
    ['application/json', '{"sku":"MUG"'],
    ['application/x-www-form-urlencoded', `sku=${'x'.repeat(70_000)}`],
    ['application/x-www-form-urlencoded', 'sku=%ff'],
    ['application/json', '{"sku":"MUG"}'],
  ])('answers a body of %s that is no form of ours with a 4xx page', async (type, payload) => {
    const { statusCode, headers } = await pages.inject({ method: 'POST', url: '/cart/lines', headers: { 'content-type': type }, payload });
    expect(statusCode).toBeGreaterThanOrEqual(400);
    expect(statusCode).toBeLessThan(500);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
  });
});

describe('POST /cart/lines/{sku}', () => {
  it('sets a quantity, and renews the cart for htmx', async () => {
    expect((await pages.post('/cart/lines/MUG-RED', { quantity: '3' })).headers.location).toBe('/cart');
    expect(pages.upstream.calls[0]).toMatchObject({ method: 'PUT', url: '/api/cart/lines/MUG-RED', body: { quantity: 3 } });
    const fragment = await pages.post('/cart/lines/MUG-RED', { quantity: '0' }, htmx);
    expect(fragment.body).toMatch(/^<div class="cart" id="cart"/);
  });

  it('says nothing of the outcome when cart does not answer', async () => {
    pages.upstream.handlers['PUT /api/cart/lines/*'] = () => 'reset';
    expect((await pages.post('/cart/lines/MUG-RED', { quantity: '3' })).statusCode).toBe(503);
  });
});
