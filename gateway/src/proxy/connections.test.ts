import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Limiter } from '@emall/runtime';
import { openGateway } from '../testing.ts';
import { openConnections } from './connections.ts';
import { WORTHS } from './worth.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

const answer = (socket: Socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
const hangUp = (socket: Socket) => void socket.destroy();

/** Does to each call what the list says, the rest are answered. What it heard, and on the how manieth connection. */
async function serving(...acts: ((socket: Socket) => void)[]) {
  const heard: string[] = [];
  let connections = 0;
  const server = createServer((socket) => {
    const connection = (connections += 1);
    socket.on('error', () => {});
    socket.on('data', (data) => {
      const [head = '', body = ''] = String(data).split('\r\n\r\n');
      heard.push(`${connection}: ${head.split(' HTTP', 1)[0]} ${body}`);
      (acts.shift() ?? answer)(socket);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { dispatcher, close } = openConnections(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, true);
  closers.push(() => server.close(), close);
  const call = async (method: 'GET' | 'POST' | 'PUT', path: string, body: string | null = null) =>
    (await dispatcher.request({ path, method, body: body === null ? null : Buffer.from(body) })).body.text();
  return { heard, call };
}

describe('a kept connection that is closed while a call is on its way', () => {
  it.each([
    ['GET', '/api/orders', null],
    ['POST', '/api/orders', '{"a":1}'],
    ['POST', '/api/orders/quote?x', '{}'],
    ['POST', '/checkout', 'a=1'],
    ['POST', '/api/cart/lines', '{}'],
    ['POST', '/cart/lines/A.b-1', 'quantity=2'],
    ['PUT', '/api/cart/lines/A', '{}'],
  ] as const)('is replaced by one of the call\'s own for what may be made twice: %s %s', async (method, path, body) => {
    const { heard, call } = await serving(answer, hangUp);
    await call('GET', '/');
    // The connection is free for the next call.
    await new Promise((resolve) => setImmediate(resolve));
    expect(await call(method, path, body)).toBe('ok');
    const line = `${method} ${path} ${body ?? ''}`;
    expect(heard).toEqual(['1: GET / ', `1: ${line}`, `2: ${line}`]);
  });

  it.each(['/api/orders/1/cancel', '/orders/1', '/api/payments/webhook', '/api/orders/1', '/cart/lines/a/b'])('never carries what may not: POST %s', async (path) => {
    const { heard, call } = await serving(answer, answer, hangUp);
    await call('GET', '/');
    // The connection is free for the next call.
    await new Promise((resolve) => setImmediate(resolve));
    expect(await call('POST', path, '{}')).toBe('ok');
    await expect(call('POST', path, '{}')).rejects.toThrow();
    expect(heard).toEqual(['1: GET / ', `2: POST ${path} {}`, `3: POST ${path} {}`]);
  });
});

describe('pages that hang', () => {
  it('leave connections to a checkout at the same service', async () => {
    const limiter = new Limiter({ names: WORTHS, now: () => 0 });
    for (const level of limiter.levels) level.limit = 1000;
    const gateway = await openGateway({ limiter });
    closers.push(gateway.close);
    const hanging: 'hang'[] = [];
    gateway.services.storefront.handlers['GET /*'] = () => (hanging.push('hang'), 'hang');
    gateway.services.storefront.handlers['GET /checkout'] = () => ({ status: 200 });
    let answered = 0;
    const pages = Promise.all(Array.from({ length: 150 }, () => gateway.call('GET', '/').then(() => (answered += 1))));
    while (hanging.length < 96) await new Promise((resolve) => setImmediate(resolve));
    const { status } = await gateway.call('GET', '/checkout');
    expect([status, hanging.length, answered]).toEqual([200, 96, 0]);
    await pages;
  });
});
