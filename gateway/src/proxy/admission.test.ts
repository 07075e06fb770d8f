import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Limiter } from '@emall/runtime';
import { openGateway, type OpenGateway, PUBLIC_URL } from '../testing.ts';
import { WORTHS } from './worth.ts';

let gateway: OpenGateway;
let limiter: Limiter;
beforeEach(async () => {
  // On a clock that stands still: the limits stay as each test sets them.
  limiter = new Limiter({ names: WORTHS, now: () => 0 });
  // Circuits have tests of their own, and may take a busy machine for a silent service.
  gateway = await openGateway({ limiter, guarded: false });
});
afterEach(() => gateway.close());

const limit = (name: (typeof WORTHS)[number], to: number) => {
  const level = limiter.levels[WORTHS.indexOf(name)];
  if (level) level.limit = to;
};

describe('a gateway that has no room', () => {
  // While next to nothing is under way nobody is turned away.
  beforeEach(() => {
    for (let others = 0; others < 4; others += 1) limiter.enter(0, 'other', () => {}, () => {});
  });

  it('turns a page away with the name of the page that the edge shows instead, without a call', async () => {
    limit('list', 0);
    const { status, headers } = await gateway.call('GET', '/c/shoes');
    expect([status, headers['content-type'], headers['x-accel-redirect'], headers['cache-control']]).toEqual([503, 'text/html; charset=utf-8', '/-/busy', 'no-store']);
    expect(['1', '2', '3']).toContain(headers['retry-after']);
    expect(gateway.reached()).toEqual([]);
  });

  it('turns an API call away with a problem, without a call', async () => {
    limit('checkout', 0);
    const response = await gateway.call('POST', '/api/orders', { body: {} });
    expect([response.status, response.json().code, response.headers['content-type']]).toEqual([503, 'unavailable', 'application/problem+json; charset=utf-8']);
    expect(['1', '2', '3']).toContain(response.headers['retry-after']);
    expect(gateway.reached()).toEqual([]);
  });

  it('has room for everything that is worth more', async () => {
    for (const name of ['product', 'list', 'search', 'prefetch'] as const) limit(name, 0);
    const paths = [['GET', '/p/shoe'], ['GET', '/'], ['GET', '/search?q=a'], ['GET', '/search/suggestions?q=a'], ['GET', '/cart'], ['POST', '/api/cart/lines'], ['POST', '/checkout'], ['POST', '/api/orders'], ['GET', '/healthz']] as const;
    const statuses = await Promise.all(paths.map(async ([method, path]) => (await gateway.call(method, path, method === 'POST' ? { body: {} } : {})).status));
    expect(statuses).toEqual([503, 503, 503, 503, 200, 200, 200, 200, 200]);
  });

  it('asks a slow service for no more at once than its limit, however many come', async () => {
    const held = Promise.withResolvers<void>();
    const { handlers } = gateway.services.order;
    const calls = { now: 0, most: 0 };
    handlers['POST /*'] = async () => {
      calls.most = Math.max(calls.most, (calls.now += 1));
      await held.promise;
      calls.now -= 1;
      return { status: 201 };
    };
    const answers: number[] = [];
    const all = Promise.all(Array.from({ length: 300 }, async () => answers.push((await gateway.call('POST', '/api/orders', { body: {} })).status)));
    // 16 are under way, as many wait, the others know at once.
    while (answers.length < 300 - 32 || calls.most < 16) await new Promise((resolve) => setImmediate(resolve));
    expect(new Set(answers)).toEqual(new Set([503]));
    held.resolve();
    await all;
    expect(calls.most).toBe(16);
    expect(answers.filter((status) => status === 201)).toHaveLength(32);
  });
});

describe('the worth of a call', () => {
  it('is told to the service, and no client can say it', async () => {
    await gateway.call('POST', '/api/orders', { body: {}, headers: { 'x-emall-worth': '7' } });
    await gateway.call('GET', '/p/shoe', { headers: { 'x-emall-worth': '0' } });
    await gateway.call('GET', '/p/shoe', { headers: { 'sec-purpose': 'prefetch' } });
    expect(gateway.reached().map(({ headers }) => headers['x-emall-worth'])).toEqual(['1', '4', '7']);
  });
});

describe('the time that somebody outside was waited for', () => {
  it('is told to the door, and goes no further', async () => {
    const left = new Promise<number | undefined>((resolve) => {
      jest.spyOn(limiter, 'leave').mockImplementation((_place, _failed, waitedMs) => resolve(waitedMs));
    });
    gateway.services.order.handlers['POST /*'] = () => ({ status: 201, headers: { 'x-emall-waited-ms': '900' }, body: {} });
    const { status, headers } = await gateway.call('POST', '/api/orders', { body: {} });
    expect(status).toBe(201);
    expect(await left).toBe(900);
    expect(headers).not.toHaveProperty('x-emall-waited-ms');
  });
});

describe('a service that has no room', () => {
  const refusal = () => ({ status: 503, headers: { 'content-type': 'application/problem+json', 'retry-after': '3', 'x-emall-refused': '1' }, body: { code: 'unavailable', status: 503 } });

  it('is spoken for in a page, once, with the time that it named', async () => {
    gateway.services.storefront.handlers['GET /*'] = refusal;
    const { status, headers, text } = await gateway.call('GET', '/p/shoe');
    expect([status, headers['content-type'], headers['x-accel-redirect'], headers['retry-after']]).toEqual([503, 'text/html; charset=utf-8', '/-/busy', '3']);
    expect(text).toMatch(/^<!doctype html>/);
    expect(headers).not.toHaveProperty('x-emall-refused');
    expect(gateway.reached()).toHaveLength(1);
  });

  it('speaks for itself to programs', async () => {
    gateway.services.catalog.handlers['GET /*'] = refusal;
    const response = await gateway.call('GET', '/api/catalog/products');
    expect([response.status, response.json().code, response.headers['retry-after']]).toEqual([503, 'unavailable', '3']);
    expect(gateway.reached()).toHaveLength(1);
  });
});

describe('a client that hangs up', () => {
  const ask = (port: number, method: string) => {
    const body = method === 'GET' ? '' : '{}';
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    socket.write(`${method} /api/orders HTTP/1.1\r\nHost: x\r\nOrigin: ${PUBLIC_URL}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    return socket;
  };

  const underWay = () => limiter.levels.reduce((sum, { inFlight }) => sum + inFlight, 0);

  it.each([
    ['GET', true],
    ['POST', false],
  ])('ends its %s upstream: %p', async (method, ends) => {
    const arrived: IncomingMessage[] = [];
    const upstream = createServer((request) => void arrived.push(request.resume()));
    await once(upstream.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
    const open = await openGateway({ limiter, guarded: false, upstreams: { catalog: url, cart: url, order: url, storefront: url } });
    const until = async (count: number) => {
      while (arrived.length < count) await new Promise((resolve) => setImmediate(resolve));
    };
    // Whoever stays came first: if it were the time of the row that ends a call, theirs would end before.
    const staying = ask(open.port, 'GET');
    await until(1);
    const closed = once(open.app.server, 'connection').then(([server]) => once(server, 'close'));
    const leaving = ask(open.port, method);
    await until(2);
    leaving.destroy();
    await closed;
    const [, left] = arrived as [IncomingMessage, IncomingMessage];
    if (ends && !left.socket.destroyed) await once(left.socket, 'close');
    // What goes on inside keeps its place.
    expect(underWay()).toBe(ends ? 1 : 2);
    expect(arrived.map(({ socket }) => socket.destroyed)).toEqual([false, ends]);
    staying.destroy();
    upstream.closeAllConnections();
    while (underWay() > 0) await new Promise((resolve) => setImmediate(resolve));
    await open.close();
    upstream.close();
  });
});
