import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { protections } from '@emall/runtime';
import { openHome, ROOT } from '../../infra/local/src/home.ts';
import { edgeCommand, writeNginx } from '../../infra/local/src/nginx.ts';
import { internalServices } from '../../infra/local/src/processes.ts';
import { freePorts, retry } from '../../infra/local/src/system/ports.ts';
import { isAlive, listensOn, type ProcessId, stopProcess } from '../../infra/local/src/system/processes.ts';
import { spawnDetached } from '../../infra/local/src/system/spawn.ts';
import { until } from './shop.ts';

/** nginx with the configuration of a shop, and two replicas behind it that do what a test tells them. */
const home = openHome(mkdtempSync(join(tmpdir(), "emall's edge; ")));
let nginx: ProcessId;
let edge: number;
let inside: number;
let replicas: number[];
const seen: { replica: number; request: IncomingMessage }[] = [];
const behaviour: RequestListener[] = [];
const servers: Server[] = [];

const answer: RequestListener = (_request, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
const hangUp: RequestListener = (request) => void request.socket.resetAndDestroy();

async function startReplica(index: number): Promise<number> {
  const server = createServer((request, response) => {
    seen.push({ replica: index, request });
    request.resume().on('end', () => (behaviour[index] ?? answer)(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  return (server.address() as AddressInfo).port;
}

async function startNginx(): Promise<void> {
  const [first = 0, ...others] = await freePorts(1 + internalServices.length, home.path);
  edge = first;
  inside = others[internalServices.indexOf('order')] ?? 0;
  writeNginx(home, { edgePort: edge, publicUrl: `http://127.0.0.1:${edge}`, gateways: replicas, internal: internalServices.map((service, index) => ({ service, port: others[index] ?? 0, replicas })), protections: new Set(protections) });
  nginx = spawnDetached(edgeCommand(home), join(home.logs, 'nginx.log')).id;
  await until(() => listensOn(nginx.pid, edge) || !isAlive(nginx), 10_000, () => 'nginx does not listen');
  if (!isAlive(nginx)) throw new Error('nginx does not run');
}

beforeAll(async () => {
  replicas = [await startReplica(0), await startReplica(1)];
  mkdirSync(join(home.static, 'pictures'), { recursive: true });
  for (const page of ['busy.html', 'busy-sent.html', 'refused.html', 'busy.css']) cpSync(join(ROOT, 'nginx', page), join(home.static, page));
  writeFileSync(join(home.static, 'app.12345678.js'), 'plain');
  writeFileSync(join(home.static, 'app.12345678.js.gz'), gzipSync('compressed before'));
});

afterAll(() => {
  for (const server of servers) server.close().closeAllConnections();
  rmSync(home.path, { recursive: true, force: true });
});

// nginx remembers for 5 s which replica failed it: every test has one of its own, which knows nothing of the tests before.
beforeEach(async () => {
  seen.length = 0;
  behaviour.length = 0;
  await retry(startNginx);
}, 40_000);

afterEach(() => stopProcess(nginx, 'SIGTERM'));

const call = (path: string, options?: RequestInit) => fetch(`http://127.0.0.1:${edge}${path}`, options);

/** Sends what no HTTP client would, and returns the whole answer, or the answers until the connection is closed. */
async function raw(text: string, from = '127.0.0.1', single = true): Promise<string> {
  const socket = connect({ port: edge, host: '127.0.0.1', localAddress: from }, () => socket.write(text));
  let received = '';
  for await (const chunk of socket.setEncoding('utf8')) {
    received += chunk as string;
    const [head = '', body] = single ? received.split('\r\n\r\n', 2) : [];
    if (body !== undefined && Buffer.byteLength(body) >= Number(/content-length: (\d+)/i.exec(head)?.[1])) break;
  }
  return received;
}

/** A connection with a call whose body comes a byte at a time: nginx goes on waiting for it. */
function hold(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('POST /api/cart/lines HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n', () => resolve(socket)));
    const drip = setInterval(() => socket.write(' '), 1000);
    socket.once('close', () => clearInterval(drip));
    socket.once('error', reject);
  });
}

describe('the edge', () => {
  it('says of the client only what is true, whatever the client says', async () => {
    await call('/api/cart', { headers: {
      'x-forwarded-for': '6.6.6.6', 'x-real-ip': '6.6.6.6', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', forwarded: 'for=6.6.6.6',
      'x-user-id': '42', 'x-emall-identity': 'forged', 'x-emall-deadline-ms': '999999', 'x-request-id': 'mine', 'x-original-url': '/admin',
    } });
    const { headers } = seen[0]?.request ?? {};
    expect(headers).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http', 'x-request-id': expect.stringMatching(/^[0-9a-f]{32}$/) });
    for (const name of ['x-real-ip', 'x-forwarded-host', 'forwarded', 'x-user-id', 'x-emall-identity', 'x-emall-deadline-ms', 'x-original-url']) expect(headers).not.toHaveProperty(name);
  });

  it('asks the other replica when one hangs up on a read', async () => {
    behaviour[0] = hangUp;
    const statuses = await Promise.all(Array.from({ length: 6 }, async () => (await call('/api/catalog/products')).status));
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200]);
  });

  it.each([
    ['/api/cart/lines', 2],
    ['/cart/lines', 2],
    ['/api/orders/quote', 2],
    ['/api/orders', 2],
    ['/checkout', 2],
    ['/cart/lines/A', 2],
    ['/api/orders/1/cancel', 1],
    ['/orders/1/cancel', 1],
    ['/api/payments/webhook', 1],
  ])('tries a POST to %s, %i time(s) when replicas hang up, under one request id', async (path, attempts) => {
    behaviour[0] = behaviour[1] = hangUp;
    expect((await call(path, { method: 'POST', body: '{}', headers: { 'x-request-id': 'chosen-by-a-client' } })).status).toBe(503);
    expect(seen).toHaveLength(attempts);
    const ids = new Set(seen.map(({ request }) => request.headers['x-request-id']));
    expect([...ids]).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
  });

  it('passes a refusal on as it is, and asks nobody else: a 503 is an answer', async () => {
    behaviour[0] = behaviour[1] = (_request, response) => void response.writeHead(503, { 'content-type': 'text/plain' }).end('theirs');
    const response = await call('/api/orders', { method: 'POST', body: '{}' });
    expect([response.status, await response.text()]).toEqual([503, 'theirs']);
    expect(seen).toHaveLength(1);
  });

  it('shows people a page that tries again, and programs a problem, while nobody answers', async () => {
    behaviour[0] = behaviour[1] = hangUp;
    const page = await call('/cart');
    expect(page.status).toBe(503);
    expect(Object.fromEntries(page.headers)).toMatchObject({ 'retry-after': '5', 'cache-control': 'no-store', 'content-security-policy': expect.not.stringContaining('unsafe') });
    const html = await page.text();
    expect(html).toContain('<meta http-equiv="refresh" content="5">');
    expect(html).not.toMatch(/<script|<style|style=|https?:\/\//);
    const problem = await call('/api/cart');
    expect(problem.headers.get('content-type')).toBe('application/problem+json');
    expect(problem.headers.get('retry-after')).toBe('1');
    expect(await problem.json()).toMatchObject({ status: 503, code: 'unavailable', requestId: problem.headers.get('x-request-id') });
  });

  it('shows who sent something a page that does not send it again, nor look elsewhere by itself', async () => {
    behaviour[0] = behaviour[1] = hangUp;
    const page = await call('/checkout', { method: 'POST', body: 'a=1' });
    expect([page.status, page.headers.get('cache-control')]).toEqual([503, 'no-store']);
    const html = await page.text();
    expect(html).toContain('href="/orders"');
    expect(html).not.toMatch(/http-equiv|<script|<style|style=/);
  });

  it.each<[string, number, string]>([
    ['a body above 64 kB', 413, `POST /api/orders HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 70000\r\n\r\n`],
    ['an address of 9 kB', 414, `GET /api/${'a'.repeat(9000)} HTTP/1.1\r\nHost: a\r\n\r\n`],
    ['a header of 9 kB', 431, `GET /api/cart HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(9000)}\r\n\r\n`],
    ['no Host', 400, 'GET /api/cart HTTP/1.1\r\n\r\n'],
    ['two Hosts', 400, 'GET /api/cart HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'],
    ['two framings', 400, 'POST /api/cart HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a length with a sign', 400, 'POST /api/cart HTTP/1.1\r\nHost: a\r\nContent-Length: +4\r\n\r\nabcd'],
    ['an unknown transfer encoding', 400, 'POST /api/cart HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n'],
    ['a method that is none of ours', 405, 'TRACE /api/cart HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
  ])('refuses %s with %i as a problem document under /api', async (_what, status, text) => {
    const received = await raw(text);
    expect(received).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(received).toContain('Content-Type: application/problem+json');
    expect(JSON.parse(received.slice(received.indexOf('\r\n\r\n')))).toMatchObject({ status, title: expect.any(String), code: expect.any(String) });
    expect(seen).toEqual([]);
  });

  it('refuses the same with a page elsewhere', async () => {
    const received = await raw(`GET /${'a'.repeat(9000)} HTTP/1.1\r\nHost: a\r\n\r\n`);
    expect(received).toMatch(/^HTTP\/1.1 414 /);
    expect(received).toContain('<h1>We could not make sense of that.</h1>');
    expect(received).not.toMatch(/Server: nginx\/\d/);
  });

  it('shows the same page when a gateway has nobody to ask', async () => {
    behaviour[0] = behaviour[1] = (_request, response) => void response.writeHead(503, { 'x-accel-redirect': '/-/busy', 'content-type': 'text/html' }).end('plain');
    const busy = await call('/p/lamp');
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await busy.text()).toContain('busy.css');
    expect(seen).toHaveLength(1);
    expect((await call('/-/busy')).status).toBe(404);
  });

  it.each([
    ['unreadable', 400],
    ['refused', 403],
    ['nothing', 404],
  ])('shows a page with the look of the shop when a gateway says %s', async (name, status) => {
    behaviour[0] = behaviour[1] = (_request, response) => void response.writeHead(status, { 'x-accel-redirect': `/-/${name}`, 'content-type': 'text/html' }).end('plain');
    const refused = await call('/p/lamp');
    expect(refused.status).toBe(status);
    expect(await refused.text()).toContain('busy.css');
  });

  it('sends who comes by another name to the one origin of the shop', async () => {
    const moved = await raw(`GET /p/lamp?x=1 HTTP/1.1\r\nHost: localhost:${edge}\r\nConnection: close\r\n\r\n`);
    expect(moved).toContain('307 Temporary Redirect');
    expect(moved).toContain(`Location: http://127.0.0.1:${edge}/p/lamp?x=1`);
  });

  it.each(['/api/cart/lines', '/cart/lines', '/cart/lines/A'])('sends an add by another name there too, where its guest will be known: %s', async (path) => {
    const moved = await raw(`POST ${path} HTTP/1.1\r\nHost: localhost:${edge}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`);
    expect(moved).toContain('307 Temporary Redirect');
    expect(moved).toContain(`Location: http://127.0.0.1:${edge}${path}`);
    expect(seen).toHaveLength(0);
  });

  it('compresses what is made for each request', async () => {
    behaviour[0] = behaviour[1] = (_request, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ text: 'a'.repeat(5000) }));
    const answered = await raw('GET /api/catalog/products HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n');
    const compressed = answered.split('\r\n\r\n', 1)[0];
    expect(compressed).toMatch(/content-encoding: gzip/i);
    expect(compressed).toMatch(/vary: Accept-Encoding/i);
  });

  it('holds 512 connections of one address and refuses more as a problem, while another address is served', async () => {
    const held = await Promise.all(Array.from({ length: 512 }, () => hold(edge)));
    const look = (from?: string) => raw('GET /static/app.12345678.js HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n', from);
    try {
      await until(async () => (await look()).startsWith('HTTP/1.1 429'), 25_000, () => 'the 513th was let in');
      expect(await look('127.0.0.2')).toContain('200 OK');
      const refused = await raw('GET /api/cart HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n');
      expect(refused).toContain('"code":"too-many-connections"');
      expect(seen).toEqual([]);
    } finally {
      for (const socket of held) socket.destroy();
    }
  });

  it('lets one address ask for two thousand things at once, and refuses more as each wants to hear it, while another address is served', async () => {
    const FILE = '/static/app.12345678.js';
    const ask = (path: string) => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${edge}\r\n\r\n`;
    // A thousand, as many as nginx answers on a connection: each on the heels of the one before, the last when all five have had their two thousand.
    const flood = ask(FILE).repeat(960) + ask('/cart').repeat(20) + ask('/api/cart').repeat(20);
    const began = performance.now();
    const answers = (await Promise.all(Array.from({ length: 5 }, () => raw(flood, '127.0.0.3', false)))).join('');
    const leaked = ((performance.now() - began) / 1000) * 500;
    const statuses = [...answers.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => Number(status));
    const served = statuses.filter((status) => status === 200).length;
    expect([statuses.length, new Set(statuses)]).toEqual([5000, new Set([200, 429])]);
    expect(served).toBeGreaterThanOrEqual(2000);
    expect(served).toBeLessThanOrEqual(2000 + leaked + 1);
    const refused = answers.split(/(?=HTTP\/1\.1 \d)/).filter((answer) => answer.startsWith('HTTP/1.1 429') && answer.includes('\r\nRetry-After: 5\r\n'));
    expect(refused.some((answer) => answer.includes('"code":"too-many-requests"'))).toBe(true);
    expect(refused.some((answer) => answer.includes('text/html') && answer.includes('http-equiv="refresh"'))).toBe(true);
    expect(await raw(`GET ${FILE} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`, '127.0.0.4')).toContain('200 OK');
  });

  it('logs what was asked for, also when it answers by itself, and never a query', async () => {
    behaviour[0] = behaviour[1] = hangUp;
    const file = join(home.logs, 'access.log');
    const before = existsSync(file) ? statSync(file).size : 0;
    const host = 'Host: 127.0.0.1\r\nConnection: close\r\n';
    const lines: [line: string, method: string, path: string, status: number][] = [
      ['GET /orders/1?key=SECRET HTTP/1.1', 'GET', '/orders/1', 503],
      ['POST /checkout?SECRET HTTP/1.1', 'POST', '/checkout', 503],
      ['DELETE /api/cart HTTP/1.1', 'DELETE', '/api/cart', 503],
      ['GET http://shop.example:80/p/lamp?key=SECRET HTTP/1.1', 'GET', '/p/lamp', 307],
      ['GET http://SECRET@shop.example/p/lamp HTTP/1.1', 'GET', '/p/lamp', 400],
      ['GET http://shop.example?key=SECRET HTTP/1.1', 'GET', '', 307],
      ['GET /orders/1%3fkey=SECRET HTTP/1.1', 'GET', '/orders/1', 503],
      ['GET /orders/1#?key=SECRET HTTP/1.1', 'GET', '/orders/1', 503],
      ['GET /a b?key=SECRET HTTP/1.1', 'GET', '/a', 400],
      ['GET /caf\u00e9?key=SECRET HTTP/1.1', 'GET', '/caf', 400],
      [`GET /${'a'.repeat(9000)}?key=SECRET HTTP/1.1`, 'GET', '/long', 414],
      ['?key=SECRET', '', '', 400],
      ['get /p?key=SECRET HTTP/1.1', '', '', 400],
      ['\u0016\u0003\u0001key=SECRET', '', '', 400],
    ];
    for (const [line] of lines) await raw(`${line}\r\n${host}${line.startsWith('POST') ? 'Content-Length: 0\r\n' : ''}\r\n`);
    // Each worker writes for itself: the order of lines says nothing.
    const log = () => (existsSync(file) ? readFileSync(file, 'utf8').slice(before) : '');
    const written = () => log().split('\n').filter(Boolean).map((entry) => JSON.parse(entry) as { method: string; path: string; status: number });
    await until(() => log().endsWith('\n') && written().length >= lines.length, 10_000, () => `the access log says ${log()}`);
    const said = written().map(({ method, path, status }) => `${method} ${path.replace(/a{100,}/, 'long')} ${status}`);
    expect(said.sort()).toEqual(lines.map(([, method, path, status]) => `${method} ${path} ${status}`).sort());
    expect(log()).not.toContain('SECRET');
  });

  it('serves static files for ever, compressed before and not again', async () => {
    const response = await call('/static/app.12345678.js');
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable', 'content-encoding': 'gzip', vary: 'Accept-Encoding',
      'content-type': 'text/javascript; charset=utf-8', 'x-content-type-options': 'nosniff',
    });
    expect(await response.text()).toBe('compressed before');
    expect((await call('/static/app.87654321.js')).status).toBe(404);
    expect((await call('/static/pictures/')).status).toBe(404);
  });
});

describe('an internal listener', () => {
  it.each([
    ['/api/orders/quote', 2],
    ['/internal/prices', 2],
    ['/api/cart/lines', 2],
    ['/cart/lines', 2],
    ['/api/orders', 2],
    ['/checkout', 2],
    ['/api/orders/quote/more', 1],
    ['/internal/carts/clear', 1],
    ['/internal/reservations/1/release', 1],
    ['/api/orders/1/cancel', 1],
  ])('tries a POST to %s, %i time(s) when replicas hang up', async (path, attempts) => {
    behaviour[0] = behaviour[1] = hangUp;
    const headers = { 'x-request-id': '0123456789abcdef', 'idempotency-key': '0123456789abcdef' };
    expect((await fetch(`http://127.0.0.1:${inside}${path}`, { method: 'POST', body: '{}', headers })).status).toBe(503);
    expect(seen).toHaveLength(attempts);
    for (const { request } of seen) expect(request.headers).toMatchObject(headers);
  });

  const failing: RequestListener = (_request, response) => void response.writeHead(500, { 'content-type': 'application/problem+json' }).end('{}');
  const ask = async (path: string, method = 'GET') => (await fetch(`http://127.0.0.1:${inside}${path}`, { method })).status;

  it('leaves out a replica that fails at once, before which a read is never seen to fail', async () => {
    behaviour[0] = failing;
    for (let time = 0; time < 50; time += 1) expect(await ask('/api/orders/1')).toBe(200);
    const failed = seen.filter(({ replica }) => replica === 0).length;
    expect(failed).toBeGreaterThanOrEqual(2);
    // Two in each of its 5 s; what may be written goes to the other one too.
    expect(failed).toBeLessThan(15);
    expect(await ask('/api/orders/1/cancel', 'POST')).toBe(200);
  });

  it('asks both replicas for what fails on both, and goes on asking them for everything else', async () => {
    behaviour[0] = behaviour[1] = (request, response) => (request.url === '/api/orders/poison' ? failing : answer)(request, response);
    for (let time = 0; time < 20; time += 1) expect([await ask('/api/orders/poison'), await ask('/api/orders/1')]).toEqual([500, 200]);
    expect(await ask('/api/orders/1/cancel', 'POST')).toBe(200);
  });

  it('lets identity, deadline and request id pass', async () => {
    const headers = { 'x-emall-identity': 'signed', 'x-emall-deadline-ms': '900', 'x-request-id': '0123456789abcdef' };
    await fetch(`http://127.0.0.1:${inside}/api/orders/1`, { headers });
    expect(seen.at(-1)?.request.headers).toMatchObject(headers);
  });
});
