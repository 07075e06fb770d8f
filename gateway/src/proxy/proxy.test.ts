import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openGateway, type OpenGateway } from '../testing.ts';

let gateway: OpenGateway;
beforeAll(async () => {
  gateway = await openGateway();
});
afterAll(() => gateway.close());
beforeEach(() => void gateway.reached());

describe('the table', () => {
  it.each([
    ['GET', '/api/catalog/products?category=shoes&q=a%20b&q=c&empty', 'catalog'],
    ['GET', '/api/cart', 'cart'],
    ['POST', '/api/cart/lines', 'cart'],
    ['PUT', '/api/cart/lines/A.b-1', 'cart'],
    ['DELETE', '/api/cart', 'cart'],
    ['POST', '/api/orders', 'order'],
    ['GET', '/api/orders/123?key=abc', 'order'],
    ['POST', '/api/payments/webhook', 'order'],
    ['GET', '/', 'storefront'],
    ['GET', '/?utm=x', 'storefront'],
    ['GET', '/p/red-shoe', 'storefront'],
    ['GET', '/c/caf%C3%A9', 'storefront'],
    ['GET', '/search?q=%2F..%2F', 'storefront'],
    ['POST', '/cart/lines', 'storefront'],
    ['GET', '/checkout', 'storefront'],
    ['POST', '/orders/123', 'storefront'],
    ['HEAD', '/p/red-shoe', 'storefront'],
  ])('sends %s %s to %s under the same address', async (method, path, service) => {
    const response = await gateway.call(method, path, method === 'POST' || method === 'PUT' ? { body: { quantity: 1 } } : {});
    expect(response.status).toBe(200);
    const calls = gateway.reached();
    expect(calls.map((call) => [call.service, call.method, call.url])).toEqual([[service, method, path]]);
  });

  it.each([
    ['GET', '/api'],
    ['GET', '/api/'],
    ['GET', '/api/nothing'],
    ['GET', '/api/cartoon'],
    ['GET', '/api/payments'],
    ['PATCH', '/api/cart'],
    ['POST', '/api/catalog/products'],
    ['GET', '/api/payments/webhook'],
    ['GET', '/internal'],
    ['GET', '/internal/carts/clear'],
    ['POST', '/internal/carts/clear'],
    ['GET', '/api/internal/prices'],
    ['POST', '/p/red-shoe'],
    ['PATCH', '/cart'],
    ['DELETE', '/'],
    ['OPTIONS', '/api/cart'],
  ])('has nothing for %s %s, and no service hears of it', async (method, path) => {
    const response = await gateway.call(method, path);
    expect([404, 405]).toContain(response.status);
    expect(gateway.reached()).toEqual([]);
    if (path.startsWith('/api')) expect(response.json().status).toBe(response.status);
  });

  it('passes bodies on as they are, byte for byte', async () => {
    const body = '{"sku": "A",  "quantity":1e0,"ü":"\\u00fc"}';
    await gateway.call('POST', '/api/cart/lines', { body });
    await gateway.call('POST', '/cart/lines', { body: 'sku=A&quantity=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } });
    const [json, form] = gateway.reached();
    expect([json?.headers['content-length'], json?.headers['content-type']]).toEqual([String(Buffer.byteLength(body)), 'application/json']);
    expect(json?.body).toEqual({ sku: 'A', quantity: 1, ü: 'ü' });
    expect([form?.body, form?.headers['content-type']]).toEqual(['sku=A&quantity=1', 'application/x-www-form-urlencoded']);
  });

  it('passes answers on with their status and what clients need of their headers', async () => {
    gateway.services.order.handlers['POST /api/orders'] = () => ({
      status: 201,
      headers: { location: '/api/orders/1', etag: '"x"', server: 'nginx', 'x-powered-by': 'x', 'x-emall-secret': 'x', 'keep-alive': 'timeout=1', connection: 'close' },
      body: { id: '1' },
    });
    const { status, headers, text } = await gateway.call('POST', '/api/orders', { body: {} });
    expect([status, text, headers['location'], headers['etag']]).toEqual([201, '{"id":"1"}', '/api/orders/1', '"x"']);
    for (const name of ['server', 'x-powered-by', 'x-emall-secret']) expect(headers).not.toHaveProperty(name);
    expect(headers['connection']).toBe('keep-alive');
  });

  it('passes on answers without a body', async () => {
    gateway.services.order.handlers['GET /api/orders/empty'] = () => ({ status: 204 });
    gateway.services.storefront.handlers['GET /p/same'] = () => ({ status: 304, headers: { etag: '"x"' } });
    expect(await gateway.call('GET', '/api/orders/empty')).toMatchObject({ status: 204, text: '' });
    expect(await gateway.call('GET', '/p/same', { headers: { 'if-none-match': '"x"' } })).toMatchObject({ status: 304, text: '', headers: { etag: '"x"' } });
    expect(gateway.reached().at(-1)?.headers['if-none-match']).toBe('"x"');
  });
});

describe('the idempotency key', () => {
  const lines = { body: { sku: 'A', quantity: 1 }, headers: { 'x-request-id': 'edge-0001-abcd' } };
  const keys = () => gateway.reached().map(({ headers }) => headers['idempotency-key']);

  it('of an add is the request id where the client sent none, so that the two tries of the edge add once', async () => {
    for (let time = 0; time < 2; time += 1) await gateway.call('POST', '/api/cart/lines', lines);
    await gateway.call('POST', '/api/cart/lines?x=1', lines);
    expect(keys()).toEqual(['edge-0001-abcd', 'edge-0001-abcd', 'edge-0001-abcd']);
  });

  it('of an add is another one for another call, and its own where the client chose one', async () => {
    await gateway.call('POST', '/api/cart/lines', { body: lines.body });
    await gateway.call('POST', '/api/cart/lines', { body: lines.body });
    await gateway.call('POST', '/api/cart/lines', { ...lines, headers: { ...lines.headers, 'idempotency-key': 'mine' } });
    const [first, second, chosen] = keys();
    expect([first, second]).toEqual([expect.stringMatching(/^[\x21-\x7e]{8,200}$/), expect.stringMatching(/^[\x21-\x7e]{8,200}$/)]);
    expect(first).not.toBe(second);
    expect(chosen).toBe('mine');
  });

  it.each([['POST', '/api/orders'], ['POST', '/cart/lines'], ['PUT', '/api/cart/lines/A'], ['POST', '/api/cart/lines/'], ['DELETE', '/api/cart']])('is made for no other call: %s %s', async (method, path) => {
    await gateway.call(method, path, { headers: lines.headers });
    expect(keys()).toEqual([undefined]);
  });
});

describe('its own routes', () => {
  it('serve the public contract and say that the process is there', async () => {
    const contract = await gateway.call('GET', '/api/openapi.json');
    expect(contract.headers['content-type']).toMatch('application/json');
    expect(contract.json()).toMatchObject({ openapi: '3.1.0', info: { title: 'E-Mall' } });
    expect(Object.keys(contract.json().paths).filter((path) => !path.startsWith('/api/'))).toEqual([]);
    expect((await gateway.call('GET', '/healthz')).json()).toEqual({ status: 'ok' });
    expect(gateway.reached()).toEqual([]);
  });
});

describe('a request id', () => {
  const ID = /^[A-Za-z0-9-]{8,64}$/;

  it('is taken from the edge, passed on and echoed', async () => {
    const { headers } = await gateway.call('GET', '/api/cart', { headers: { 'x-request-id': 'edge-0001-abcd' } });
    expect([headers['x-request-id'], gateway.reached()[0]?.headers['x-request-id']]).toEqual(['edge-0001-abcd', 'edge-0001-abcd']);
  });

  it.each(['short', 'x'.repeat(65), 'with blank 1234', '<script>alert(1)</script>', 'a,b,c,d,e,f,g,h'])('is made anew instead of %s', async (id) => {
    const { headers } = await gateway.call('GET', '/api/cart', { headers: { 'x-request-id': id } });
    expect(headers['x-request-id']).toMatch(ID);
    expect(headers['x-request-id']).not.toBe(id);
    expect(gateway.reached()[0]?.headers['x-request-id']).toBe(headers['x-request-id']);
  });

  it('is made anew for whoever is not the edge', async () => {
    const open = await openGateway({ trustedProxies: ['10.9.8.7'] });
    const { headers } = await open.call('GET', '/api/cart', { headers: { 'x-request-id': 'spoofed-0001' } });
    expect(headers['x-request-id']).toMatch(ID);
    expect([headers['x-request-id'], open.reached()[0]?.headers['x-request-id']]).not.toContain('spoofed-0001');
    await open.close();
  });
});
