import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { asShopper } from '@emall/runtime/testing';
import { ORDER_ID, product } from './testing/data.ts';
import { healthy, type OpenPages, openPages } from './testing/pages.ts';

let pages: OpenPages;
beforeAll(async () => {
  pages = await openPages();
});
afterAll(() => pages.close());
beforeEach(() => void Object.assign(pages.upstream.handlers, healthy()));

const SHARED = ['/', '/c/kitchen', '/p/shirt', '/search?q=mug', '/search/suggestions?q=mug'];
const PRIVATE = ['/cart', '/checkout', '/checkout/cancelled', '/orders', `/orders/${ORDER_ID}?key=secret`, '/nowhere'];

describe.each(SHARED)('the shared page %s', (url) => {
  it('is the same for every shopper and says for how long', async () => {
    const nobody = await pages.get(url);
    const somebody = await pages.get(url, { cookie: '__Host-emall-8080=secret; emall-items-8080=3', 'x-emall-identity': 'somebody', 'user-agent': 'another' });
    expect(nobody.statusCode).toBe(200);
    expect(nobody.headers['cache-control']).toBe('public, max-age=0, s-maxage=1, stale-while-revalidate=1, stale-if-error=600');
    expect(nobody.headers).not.toHaveProperty('set-cookie');
    expect(nobody.headers).not.toHaveProperty('emall-cart-items');
    expect(somebody.body).toBe(nobody.body);
  });

  it('is not sent again to who has it, and is to who has another', async () => {
    const { headers, body } = await pages.get(url);
    for (const known of [headers.etag, `W/${headers.etag}`, `"other", W/${headers.etag}`]) {
      const again = await pages.get(url, { 'if-none-match': String(known) });
      expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, '', headers.etag]);
      expect(again.headers['cache-control']).toBe(headers['cache-control']);
    }
    const other = await pages.get(url, { 'if-none-match': '"other"' });
    expect([other.statusCode, other.body]).toEqual([200, body]);
  });
});

describe.each(PRIVATE)('the page %s', (url) => {
  it('is kept by no cache', async () => {
    expect((await pages.get(url)).headers['cache-control']).toBe('private, no-store');
  });
});

describe('what belongs to one shopper', () => {
  it.each([['/cart', '10'], ['/cart/count', '10'], ['/checkout', '2'], ['/checkout/cancelled', '10'], ['/orders', '10'], [`/orders/${ORDER_ID}`, '10']])('tells the badge on %s', async (url, items) => {
    expect((await pages.get(url, asShopper().headers)).headers['emall-cart-items']).toBe(items);
  });
});

describe.each([...SHARED, ...PRIVATE])('the answer to %s', (url) => {
  it('carries a policy that allows nothing inline and nobody else, and needs nothing of it', async () => {
    const { headers, body } = await pages.get(url);
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'; /);
    expect(headers['content-security-policy']).not.toMatch(/unsafe|nonce|data:|http:/);
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'cross-origin-opener-policy': 'same-origin' });
    expect(headers['strict-transport-security']).toMatch(/max-age=31536000/);
    expect(headers).toHaveProperty('referrer-policy');
    expect(body).not.toMatch(/<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:/i);
    expect(body).not.toMatch(/<(?:img|script|link|iframe)[^>]*(?:src|href)="(?:https?:)?\/\/(?!shop\.example)/);
  });
});

/** Every text that a service sends becomes an attack. */
function hostile<T>(value: T): T {
  if (typeof value === 'string') return `"'><script>alert(1)</script>` as T;
  if (Array.isArray(value)) return value.map(hostile) as T;
  if (value === null || typeof value !== 'object') return value;
  const kept = new Set(['state', 'currency', 'shippingMethod', 'placedAt', 'problem', 'country', 'method', 'slug', 'nextCursor', 'id']);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, kept.has(key) && typeof each === 'string' ? each : hostile(each)])) as T;
}

/** Where the attack is not text: between quotes a bracket is harmless, a quote is not. */
function attacksIn(html: string): string[] {
  return html.replace(/="[^"]*"/g, '').match(/.{0,60}<script>alert.{0,20}/g) ?? [];
}

describe('text from elsewhere', () => {
  it.each([...SHARED, ...PRIVATE])('stays text on %s', async (url) => {
    const services = healthy();
    for (const [route, handler] of Object.entries(services)) {
      pages.upstream.handlers[route] = async (call) => {
        const answer = await handler(call);
        return typeof answer === 'string' ? answer : { ...answer, body: hostile(answer.body) };
      };
    }
    const { body } = await pages.get(url);
    expect(attacksIn(body)).toEqual([]);
  });

  it('stays text when the shopper typed it', async () => {
    const attack = `"'><script>alert(1)</script>`;
    const search = await pages.get(`/search?q=${encodeURIComponent(attack)}`);
    const form = await pages.post('/checkout', { name: attack, email: attack, key: attack });
    for (const { body } of [search, form]) expect(attacksIn(body)).toEqual([]);
  });
});

describe('files that no page names', () => {
  it('leads to the icon', async () => {
    const { statusCode, headers } = await pages.get('/favicon.ico');
    expect([statusCode, headers.location]).toEqual([302, '/static/favicon.1a2b.svg']);
  });

  it('asks robots to leave alone what belongs to one shopper', async () => {
    const { statusCode, headers, body } = await pages.get('/robots.txt');
    expect([statusCode, headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8']);
    for (const path of ['/cart', '/checkout', '/orders']) expect(body).toContain(`Disallow: ${path}\n`);
  });
});

describe('errors', () => {
  it.each(['/nowhere', '/p', '/static/none.css', '/c/a%2fb', '/p/' + 'x'.repeat(500)])('answers %s with a 404 page that helps on', async (url) => {
    const { statusCode, headers, body } = await pages.get(url);
    expect([statusCode, headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
    expect(body).toContain('href="/c/kitchen"');
  });

  it('answers a form to nowhere with a 404 page', async () => {
    const { statusCode, headers } = await pages.post('/nowhere', {});
    expect([statusCode, headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
  });

  it.each(['/%ff', '/orders/%ff', '/p/%ff?q=1'])('answers %s, which cannot be read, with a page', async (url) => {
    const { statusCode, headers, body } = await pages.get(url);
    expect([statusCode, headers['content-type'], headers['cache-control']]).toEqual([400, 'text/html; charset=utf-8', 'private, no-store']);
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'/);
    expect(body).toContain('We could not make sense of that');
  });

  it('answers a form of another kind in words for people', async () => {
    const { statusCode, body } = await pages.inject({ method: 'POST', url: '/checkout', headers: { 'content-type': 'multipart/form-data; boundary=x' }, payload: '--x--' });
    expect(statusCode).toBe(415);
    expect(body).toContain('sent in a way that this shop does not read');
    expect(body).not.toContain('application/json');
  });

  it('keeps the brand and says when to come back when a service does not answer', async () => {
    const broken = await openPages({ 'GET /api/catalog/categories': () => 'reset' });
    const { statusCode, headers, body } = await broken.get('/');
    expect([statusCode, headers['retry-after'], headers['cache-control']]).toEqual([503, '1', 'private, no-store']);
    expect(body).toContain('class="wordmark"');
    expect(body).toContain('This page needs a moment');
    await broken.close();
  });

  it('names no internals when an answer is not what it should be', async () => {
    pages.upstream.handlers['GET /api/catalog/products/shirt'] = () => ({ body: { ...product, variants: null } });
    const { statusCode, body } = await pages.get('/p/shirt');
    expect(statusCode).toBe(500);
    expect(body).toContain('Something broke on our side');
    expect(body).not.toMatch(/TypeError|node_modules|127\.0\.0\.1/);
  });

  it('lives with departments some seconds old while catalog is down', async () => {
    await pages.get('/cart');
    pages.upstream.handlers['GET /api/catalog/categories'] = () => 'reset';
    expect((await pages.get('/cart')).body).toContain('href="/c/kitchen"');
  });
});
