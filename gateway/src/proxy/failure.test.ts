import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Deadline, Room } from '@emall/runtime';
import { Pool } from 'undici';
import { openGateway, type OpenGateway } from '../testing.ts';
import { createExchange } from './exchange.ts';
import { type Row, table } from './table.ts';

let gateway: OpenGateway;
let working: OpenGateway['services']['cart']['handlers'];
beforeAll(async () => {
  // Each test lets calls fail: circuits would open by how many did before, and have tests of their own.
  gateway = await openGateway({ guarded: false });
  working = { ...gateway.services.cart.handlers };
});
afterAll(() => gateway.close());
beforeEach(() => void gateway.reached());
afterEach(() => {
  for (const { handlers } of Object.values(gateway.services)) Object.assign(handlers, working);
});

const nginx = (status: number) => () => ({ status, headers: { 'content-type': 'text/html', 'x-from': 'nginx' }, body: '<html><h1>nginx</h1></html>' });

describe('a service that does not answer', () => {
  it.each([
    ['cuts the connection', () => 'reset' as const],
    ['is not there (502)', nginx(502)],
    ['is late (504)', nginx(504)],
    ['is refused by nginx (503)', nginx(503)],
  ])('costs one call and gives the API a problem with Retry-After when it %s', async (_how, handler) => {
    for (const method of ['GET', 'POST']) {
      gateway.services.cart.handlers[`${method} /*`] = handler;
      const response = await gateway.call(method, '/api/cart', method === 'POST' ? { body: {} } : {});
      expect(response.status).toBe(503);
      expect(response.json()).toMatchObject({ code: 'unavailable', status: 503, requestId: response.headers['x-request-id'] });
      expect(response.headers).toMatchObject({ 'content-type': 'application/problem+json; charset=utf-8', 'cache-control': 'no-store' });
      expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
      expect(response.text).not.toMatch('nginx');
      expect(response.headers).not.toHaveProperty('x-from');
      expect(gateway.reached()).toHaveLength(1);
    }
  });

  it('gives a browser a plain 503, which the edge makes a page of', async () => {
    for (const handler of [() => 'reset' as const, nginx(502), nginx(504)]) {
      gateway.services.storefront.handlers['GET /*'] = handler;
      const response = await gateway.call('GET', '/');
      expect([response.status, response.headers['content-type']]).toEqual([503, 'text/html; charset=utf-8']);
      expect(response.headers).toHaveProperty('retry-after');
      expect(response.text).not.toMatch('nginx');
      expect(gateway.reached()).toHaveLength(1);
    }
  });

  it('that says 503 itself is passed on after one call, its words and Retry-After with it', async () => {
    gateway.services.cart.handlers['GET /*'] = () => ({
      status: 503,
      headers: { 'content-type': 'application/problem+json', 'retry-after': '7' },
      body: { code: 'unavailable', detail: 'our own' },
    });
    const response = await gateway.call('GET', '/api/cart');
    expect([response.status, response.json().detail, response.headers['retry-after']]).toEqual([503, 'our own', '7']);
    expect(gateway.reached()).toHaveLength(1);
  });

  it('is given up after the time of its row, which it was told', async () => {
    gateway.services.catalog.handlers['GET /*'] = () => 'hang';
    const row = table.find(({ upstream }) => upstream === 'catalog');
    const start = performance.now();
    const response = await gateway.call('GET', '/api/catalog/products');
    const ms = performance.now() - start;
    expect(response.status).toBe(503);
    expect(ms).toBeGreaterThanOrEqual((row?.timeoutMs ?? 0) - 5);
    expect(ms).toBeLessThan((row?.timeoutMs ?? 0) + 10_000);
    const [told] = gateway.reached().map(({ headers }) => Number(headers['x-emall-deadline-ms']));
    expect(told).toBeLessThanOrEqual(row?.timeoutMs ?? 0);
    expect(told).toBeGreaterThanOrEqual((row?.timeoutMs ?? 0) / 2);
  });

  it('is spared the calls that waited too long for a connection to it', async () => {
    const { url, handlers } = gateway.services.order;
    handlers['GET /*'] = () => 'hang';
    const pool = new Pool(url, { connections: 1, pipelining: 1 });
    const way = { dispatcher: pool, room: new Room(1), circuit: undefined };
    const call = (path: string, timeoutMs: number) =>
      new Promise((resolve) => createExchange(way, { ...(table[0] as Row), timeoutMs })({ path, method: 'GET', headers: {}, body: null, deadline: new Deadline(10_000) }, resolve));
    // Of one moment: when the first gives up and leaves its connection, more than half of the second's time has passed.
    expect(await Promise.all([call('/first', 1000), call('/second', 1900)])).toEqual([expect.any(Error), expect.any(Error)]);
    await pool.destroy();
    expect(gateway.reached().map(({ url }) => url)).toEqual(['/first']);
  });

  it('that breaks off in the middle is a 503 and not half an answer', async () => {
    const broken = createServer((_request, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('{"half":');
      setTimeout(() => response.destroy(), 20);
    });
    await once(broken.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(broken.address() as AddressInfo).port}`;
    const open = await openGateway({ upstreams: { catalog: url, cart: url, order: url, storefront: url } });
    const response = await open.call('GET', '/api/cart');
    expect([response.status, response.json().code]).toEqual([503, 'unavailable']);
    await open.close();
    broken.close();
  });

  it('comes back by itself', async () => {
    gateway.services.order.handlers['GET /*'] = () => 'reset';
    expect((await gateway.call('GET', '/api/orders')).status).toBe(503);
    Object.assign(gateway.services.order.handlers, working);
    expect((await gateway.call('GET', '/api/orders')).status).toBe(200);
  });
});
