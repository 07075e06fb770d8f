import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openGateway, type OpenGateway, PUBLIC_URL } from '../testing.ts';
import { plainPath } from './path.ts';

let gateway: OpenGateway;
beforeAll(async () => {
  gateway = await openGateway();
});
afterAll(() => gateway.close());
beforeEach(() => void gateway.reached());

const statuses = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
const get = (target: string, host = 'shop.example') => `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;

describe('an address', () => {
  it.each([
    '/api/cart/..%2f..%2finternal/carts/clear',
    '/api/cart/../../internal/carts/clear',
    '/api/cart/%2e%2e/%2e%2e/internal/carts/clear',
    '/api/cart/.%2e/internal',
    '/api/%2e%2e/internal/prices',
    '/api/cart/..;/internal',
    '/api/cart/..\\..\\internal',
    '/api/cart/..%5c..%5cinternal',
    '/api/cart/%252e%252e/internal',
    '/api/cart/./lines',
    '//internal/carts/clear',
    '//api/cart',
    '/api//cart',
    '/%69nternal/carts/clear',
    '/%2finternal/carts/clear',
    '/api/cart/%00',
    '/api/cart/%0d%0aX:1',
    '/api/%63art',
    '/api/cart#/internal',
    '/api/cart?x=1#y',
    '/internal/carts/clear',
    '/internal',
    '/api/internal/prices',
    'http://internal/internal/carts/clear',
    'http://127.0.0.1:1/api/cart',
    'https://evil.example/',
    '*',
    '/api/cart/%zz',
    '/p/%ff%fe',
  ])('that plays tricks reaches no internal route and no other upstream: %s', async (target) => {
    const [status] = statuses(await gateway.raw(get(target)));
    const inside = gateway.reached().map(({ url }) => url);
    // `..;` is a name like any other here: nothing behind us gives it a meaning.
    if (inside.length > 0) expect(inside).toEqual(['/api/cart/..;/internal']);
    else expect([400, 404]).toContain(status);
  });

  it('that cannot be read is a page for people and a problem for programs', async () => {
    const page = await gateway.raw(get('/p/%ff%fe'));
    expect(statuses(page)).toEqual([400]);
    expect(page).toMatch(/content-type: text\/html/i);
    expect(page).toMatch(/x-accel-redirect: \/-\/unreadable/i);
    expect(await gateway.raw(get('/api/cart/%zz'))).toMatch(/content-type: application\/problem\+json/i);
  });

  it('goes where it says whatever Host and its relatives claim', async () => {
    for (const host of ['evil.example', '127.0.0.1:1', 'internal', 'cart', 'a@b', '', 'x\r\nHost: y']) {
      const headers = ['X-Forwarded-Host: evil', 'X-Original-URL: /internal', 'X-Rewrite-URL: /internal', 'Forwarded: host=evil'].join('\r\n');
      await gateway.raw(`GET /api/cart HTTP/1.1\r\nHost: ${host}\r\n${headers}\r\nConnection: close\r\n\r\n`);
    }
    const calls = gateway.reached();
    expect(new Set(calls.map(({ service, url }) => `${service} ${url}`))).toEqual(new Set(['cart /api/cart']));
    for (const { headers } of calls) expect(headers.host).toBe(new URL(gateway.services.cart.url).host);
  });

  it('keeps its encodings when they are harmless', () => {
    for (const path of ['/', '/c/caf%C3%A9', '/p/a%20b', '/api/cart/lines/A._-1', '/a/', '/a/...', "/p/it's-(new)!", '/p/a:b@c;d,e=f&g+h$~*']) {
      expect(plainPath(`${path}?q=/../%2f`)).toBe(path);
    }
  });

  it('is judged in linear time', () => {
    const start = performance.now();
    for (const long of ['/a'.repeat(4000), `${'/a'.repeat(4000)}//`, `/${'a'.repeat(8000)}"`, `/${'%41'.repeat(2500)}`]) plainPath(long);
    // A busy machine may pause for long; going back over these would take years.
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe('headers that clients send', () => {
  it('reach no service when they are ours, about forwarding, or hop by hop', async () => {
    const ours = [
      'x-emall-identity', 'x-emall-deadline-ms', 'x-emall-anything', 'x-user-id', 'x-real-ip', 'x-original-url', 'x-rewrite-url', 'x-http-method-override',
      'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-port', 'x-forwarded-prefix', 'forwarded', 'via', 'emall-cart-items', 'authorization',
      'te', 'trailer', 'keep-alive', 'proxy-authorization', 'proxy-connection', 'upgrade', 'traceparent',
    ];
    await gateway.raw(`GET /api/cart HTTP/1.1\r\nHost: x\r\n${ours.map((name) => `${name}: forged`).join('\r\n')}\r\nConnection: close\r\n\r\n`);
    const [call] = gateway.reached();
    expect(call).toBeDefined();
    for (const name of ours) expect(call?.headers[name] ?? '').not.toMatch('forged');
  });

  it('cannot take ours away by calling them hop by hop', async () => {
    const cookie = `__Host-emall-8443=${'A'.repeat(43)}`;
    await gateway.raw(
      `GET /api/cart HTTP/1.1\r\nHost: x\r\nCookie: ${cookie}\r\nConnection: close, x-emall-identity, x-request-id, x-emall-deadline-ms, accept\r\nAccept: x/y\r\n\r\n`,
    );
    const [call] = gateway.reached();
    for (const name of ['x-emall-identity', 'x-request-id', 'x-emall-deadline-ms']) expect(call?.headers).toHaveProperty([name]);
    expect(call?.headers).not.toHaveProperty('accept');
  });

  it('reach the service when they are what it needs', async () => {
    const headers = {
      accept: 'text/html', 'accept-language': 'en-GB', 'idempotency-key': 'k', 'if-none-match': '"x"', 'stripe-signature': 't=1', 'user-agent': 'test', 'hx-request': 'true',
    };
    await gateway.call('POST', '/api/payments/webhook', { headers, body: '{}' });
    expect(gateway.reached()[0]?.headers).toMatchObject(headers);
  });
});

describe('a message whose framing is doubtful', () => {
  const body = 'GET /api/orders HTTP/1.1\r\nHost: x\r\n\r\n';
  const post = (headers: string, payload: string) => `POST /api/cart HTTP/1.1\r\nHost: x\r\nOrigin: ${PUBLIC_URL}\r\nContent-Type: application/json\r\n${headers}\r\n\r\n${payload}`;

  it.each([
    ['both lengths', post(`Content-Length: ${body.length}\r\nTransfer-Encoding: chunked`, `0\r\n\r\n${body}`)],
    ['both lengths, the other way', post('Transfer-Encoding: chunked\r\nContent-Length: 5', `0\r\n\r\n${body}`)],
    ['an unknown coding', post('Transfer-Encoding: xchunked', `0\r\n\r\n${body}`)],
    ['two codings', post('Transfer-Encoding: chunked, identity', `0\r\n\r\n${body}`)],
    ['a blank before the colon', post('Transfer-Encoding : chunked', `0\r\n\r\n${body}`)],
    ['two lengths', post('Content-Length: 2\r\nContent-Length: 40', `{}${body}`)],
    ['a length with a sign', post('Content-Length: +2', `{}${body}`)],
    ['a length that is no number', post('Content-Length: 0x2', `{}${body}`)],
    ['two lengths in one', post('Content-Length: 2, 2', `{}${body}`)],
    ['a folded header', post('X-A: b\r\n Content-Length: 40\r\nContent-Length: 2', `{}${body}`)],
    ['NUL in a value', post('X-A: b\0c\r\nContent-Length: 2', `{}${body}`)],
    ['CR in a value', post('X-A: b\rContent-Length: 40\r\nContent-Length: 2', `{}${body}`)],
    ['a bare LF', `POST /api/cart HTTP/1.1\nHost: x\nContent-Length: 2\n\n{}${body}`],
    ['no Host', 'GET /api/cart HTTP/1.1\r\n\r\n'],
    ['a chunked body', post('Transfer-Encoding: chunked', `2\r\n{}\r\n0\r\n\r\n`)],
    ['a chunk size that overflows', post('Transfer-Encoding: chunked', `fffffffffffffffff\r\n{}\r\n0\r\n\r\n${body}`)],
    ['a body that is too large', post('Content-Length: 65537', body)],
    ['a strange version', `GET /api/cart HTTP/9.9\r\nHost: x\r\n\r\n${body}`],
  ])('gets one refusal, is closed, and hides no second call: %s', async (_what, text) => {
    const answers = statuses(await gateway.raw(text));
    expect(answers).toHaveLength(1);
    expect(answers[0]).toBeGreaterThanOrEqual(400);
    expect(answers[0]).toBeLessThan(500);
    expect(gateway.reached()).toEqual([]);
  });

  it('does not spill a GET\'s body into the next call', async () => {
    const text = `GET /api/cart HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    expect(statuses(await gateway.raw(text))).toEqual([200]);
    expect(gateway.reached().map(({ url, headers }) => [url, headers['content-length']])).toEqual([['/api/cart', undefined]]);
  });

  it('is not what pipelined calls are', async () => {
    expect(statuses(await gateway.raw(get('/api/cart').replace('Connection: close\r\n', '') + get('/api/orders')))).toEqual([200, 200]);
    expect(gateway.reached()).toHaveLength(2);
  });

  it('is refused by method, too', async () => {
    for (const method of ['TRACE', 'TRACK', 'CONNECT', 'PROPFIND', 'FOO']) {
      for (const status of statuses(await gateway.raw(`${method} /api/cart HTTP/1.1\r\nHost: x\r\nOrigin: ${PUBLIC_URL}\r\nConnection: close\r\n\r\n`))) {
        expect([method, status >= 400 && status < 500]).toEqual([method, true]);
      }
    }
    expect(gateway.reached()).toEqual([]);
  });
});

describe('sizes', () => {
  it('have limits that are told', async () => {
    expect((await gateway.call('POST', '/api/cart', { body: `"${'x'.repeat(65_534)}"` })).status).toBe(200);
    const tooLarge = await gateway.call('POST', '/api/cart', { body: `"${'x'.repeat(65_535)}"` });
    expect([tooLarge.status, tooLarge.json().code]).toEqual([413, 'payload-too-large']);
    expect(statuses(await gateway.raw(`GET /api/cart HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`))).toEqual([431]);
    expect(statuses(await gateway.raw(get(`/${'x'.repeat(20_000)}`)))).toEqual([431]);
  });
});
