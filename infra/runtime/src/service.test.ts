import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { Type } from 'typebox';
import type { App } from './app.ts';
import { defineProblem, problemResponses } from './problems.ts';
import { createService, requireCaller } from './service.ts';
import { asShopper, callerHeaders, testIdentityKeys } from './testing/index.ts';

const soldOut = defineProblem('sold-out', 409, 'Sold out');

let app: App;

beforeAll(async () => {
  app = await createService({ name: 'test', version: '1', identityKeys: testIdentityKeys });
  const schema = {
    querystring: Type.Object({ limit: Type.Integer({ minimum: 1, maximum: 100, default: 24 }), sku: Type.Optional(Type.Array(Type.String())) }),
    body: Type.Object({ quantity: Type.Integer({ minimum: 1, maximum: 99 }), address: Type.Optional(Type.Object({ city: Type.String() })) }),
    response: { 200: Type.Object({ limit: Type.Integer(), skus: Type.Integer() }), ...problemResponses(400, 409) },
  };
  app.post('/things/:id', { schema }, async ({ query, body }) => {
    if (body.quantity === 99) throw soldOut({ detail: 'Only 1 left.', extra: { available: 1 } });
    return { limit: query.limit, skus: query.sku?.length ?? 0 };
  });
  app.get('/me', async ({ shopper, caller }) => ({ shopper, caller }));
  app.get('/internal', { preHandler: requireCaller('order') }, async () => ({ ok: true }));
  app.get('/deadline', async ({ deadline }) => ({ ms: deadline.remaining() }));
  app.get('/boom', async () => {
    throw new Error('select secret from /home/user at 10.0.0.1');
  });
  app.get('/database', async () => {
    throw Object.assign(new pg.DatabaseError('sorry, too many clients already', 0, 'error'), { code: '53300', severity: 'FATAL' });
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
});

afterAll(() => app.close());

const post = (payload: unknown, url = '/things/1') => app.inject({ method: 'POST', url, payload: payload as object });
const raw = (payload: string | Buffer, type = 'application/json') =>
  app.inject({ method: 'POST', url: '/things/1', payload, headers: { 'content-type': type } });

describe('bodies', () => {
  it.each([-1, 0, 1.5, 1e3, 2_147_483_648, Number.MAX_SAFE_INTEGER, '3', '', null, true, [2], {}])('refuses %p as a quantity', async (quantity) => {
    const response = await post({ quantity });
    expect(response.statusCode).toBe(400);
    expect(response.json().errors[0].field).toBe('quantity');
  });

  it('refuses a number beyond all numbers, even where the schema sets no limit', async () => {
    const open = await createService({ name: 'test', version: '1' });
    open.post('/', { schema: { body: Type.Object({ n: Type.Integer() }) } }, async () => 'taken');
    const ask = (n: string) => open.inject({ method: 'POST', url: '/', headers: { 'content-type': 'application/json' }, payload: `{"n":${n}}` });
    expect([(await ask('1e4')).statusCode, (await ask('1e400')).statusCode]).toEqual([200, 400]);
    await open.close();
  });

  it('refuses a missing field by name', async () => {
    expect((await post({})).json().errors).toEqual([{ field: 'quantity', reason: 'is missing' }]);
  });

  it('refuses unknown fields at every depth', async () => {
    const response = await post({ quantity: 1, price: 1, address: { city: 'x', role: 'admin' } });
    expect(response.json().errors.map(({ field }: { field: string }) => field).toSorted()).toEqual(['address.role', 'price']);
  });

  it.each([
    ['broken JSON', '{"quantity":'],
    ['a number that is none', '{"quantity":NaN}'],
    ['infinity by overflow', '{"quantity":1e400}'],
    ['a member twice', '{"quantity":1,"quantity":1}'],
    ['a member twice, written in two ways', '{"quantity":1,"address":{"city":"a","c\\u0069ty" : "b"}}'],
    ['a prototype', '{"quantity":1,"__proto__":{"admin":true}}'],
    ['a constructor prototype', '{"quantity":1,"constructor":{"prototype":{}}}'],
    ['invalid UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['NUL', '{"quantity":1,"address":{"city":"a\\u0000b"}}'],
    ['60,000 levels', '['.repeat(60_000)],
    ['nothing', ''],
  ])('refuses %s with 400', async (_what, payload) => {
    expect((await raw(payload)).statusCode).toBe(400);
  });

  it('takes a name again in another object, or as a text', async () => {
    expect((await raw('{"quantity":1,"address":{"city":"\\"city\\":"}}')).statusCode).toBe(200);
  });

  it('refuses more than 64 kB with 413', async () => {
    expect((await raw(' '.repeat(65_537))).statusCode).toBe(413);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/jsonp'])('refuses %s with 415', async (type) => {
    expect((await raw('{"quantity":1}', type)).statusCode).toBe(415);
  });

  it.each(['application/json ', 'Application/JSON', 'application/json;x', 'application/json; charset=utf-8', 'application/json\t', ' application/json', 'application/json,text/plain'])(
    'never lets an invalid body pass as %p',
    async (type) => {
      const response = await raw('{"quantity":0}', type);
      expect(response.statusCode).toBeGreaterThanOrEqual(400);
      expect(response.statusCode).toBeLessThan(500);
    },
  );
});

describe('queries', () => {
  it('reads numbers and lists, and leaves unknown parameters alone', async () => {
    expect((await post({ quantity: 1 }, '/things/1?limit=5&sku=a&utm_source=x')).json()).toEqual({ limit: 5, skus: 1 });
    expect((await post({ quantity: 1 }, '/things/1?sku=a&sku=b')).json()).toEqual({ limit: 24, skus: 2 });
  });

  it.each(['limit=x', 'limit=0', 'limit=1e9', 'limit=', 'limit=1&limit=2', 'limit=%ff', 'sku=%00', Array(200).fill('a=1').join('&')])('refuses %p with 400', async (query) => {
    expect((await post({ quantity: 1 }, `/things/1?${query}`)).statusCode).toBe(400);
  });

  it('does not let a query reach the prototype', async () => {
    await post({ quantity: 1 }, '/things/1?__proto__[x]=1&__proto__=1&constructor=1');
    expect(({} as { x?: string }).x).toBeUndefined();
  });
});

describe('answers', () => {
  it('sends a problem with its members and the request id', async () => {
    const response = await app.inject({ method: 'POST', url: '/things/1', payload: { quantity: 99 }, headers: { 'x-request-id': 'abcdef0123456789' } });
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect(response.json()).toEqual({
      type: 'urn:emall:problem:sold-out',
      title: 'Sold out',
      status: 409,
      code: 'sold-out',
      detail: 'Only 1 left.',
      available: 1,
      requestId: 'abcdef0123456789',
    });
  });

  it('takes no request id that could break a log', async () => {
    const response = await app.inject({ url: '/deadline', headers: { 'x-request-id': 'a b[31m' } });
    expect(response.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('tells nothing of the inside when something breaks', async () => {
    const response = await app.inject('/boom');
    expect(response.statusCode).toBe(500);
    expect(response.body).not.toMatch(/secret|home|10\.0|stack/);
  });

  it('answers a database fault with 503 and Retry-After', async () => {
    const response = await app.inject('/database');
    expect(response.statusCode).toBe(503);
    expect(response.headers['retry-after']).toBe('1');
  });

  it('tells an unknown path from an unknown method', async () => {
    expect((await app.inject('/nowhere')).statusCode).toBe(404);
    const response = await app.inject('/things/1');
    expect(response.statusCode).toBe(405);
    expect(response.headers['allow']).toContain('POST');
  });

  it.each(['/things/%ff', '/me%00'])('refuses the address %s with 400', async (url) => {
    expect((await app.inject(url)).statusCode).toBe(400);
  });
});

describe('identity', () => {
  it('is known from the header that the gateway signs', async () => {
    const { shopper, headers } = asShopper();
    expect((await app.inject({ url: '/me', headers })).json()).toEqual({ shopper, caller: 'gateway' });
  });

  it.each([{}, { 'x-user-id': '42' }, { 'x-emall-identity': '42' }])('is 401 with %p', async (headers) => {
    expect((await app.inject({ url: '/me', headers })).statusCode).toBe(401);
  });

  it('lets only the named caller in', async () => {
    expect((await app.inject({ url: '/internal', headers: callerHeaders('order') })).statusCode).toBe(200);
    expect((await app.inject({ url: '/internal', headers: callerHeaders('gateway') })).statusCode).toBe(403);
    expect((await app.inject('/internal')).statusCode).toBe(401);
  });
});

describe('deadlines', () => {
  it('come from the caller and never grow', async () => {
    const ask = async (ms?: string) => (await app.inject({ url: '/deadline', headers: ms ? { 'x-emall-deadline-ms': ms } : {} })).json().ms;
    expect(await ask('250')).toBeLessThanOrEqual(250);
    expect(await ask('99999999')).toBeLessThanOrEqual(10_000);
    expect(await ask('nonsense')).toBeGreaterThan(9000);
  });
});

describe('the socket', () => {
  const exchange = (bytes: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1', () => socket.write(bytes));
      let text = '';
      socket.on('data', (chunk) => (text += chunk)).on('close', () => resolve(text)).on('error', reject);
    });

  it.each([
    ['two lengths', 'POST /me HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['length and chunks', 'POST /me HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /me HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a blank in a header name', 'GET /me HTTP/1.1\r\nHost : a\r\n\r\n'],
    ['no HTTP', 'hello\r\n\r\n'],
  ])('answers %s once with 400 and closes', async (_what, bytes) => {
    const text = await exchange(bytes);
    expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(text).toContain('400 Bad Request');
  });

  it('answers headers that are too large with 431', async () => {
    const text = await exchange(`GET /me HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`);
    expect(text).toContain('431 Request Header Fields Too Large');
    expect(text).toContain('"status":431');
  });

  it.each([
    ['head', 'GET /me HTTP/1.1\r\nHo'],
    ['body', 'POST /things/1 HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{'],
  ])('answers a %s that never ends with 408', async (_part, bytes) => {
    const { server } = app;
    const { headersTimeout, requestTimeout } = server;
    expect([headersTimeout, requestTimeout]).toEqual([10_000, 10_000]);
    try {
      server.headersTimeout = server.requestTimeout = 100;
      expect(await exchange(bytes)).toContain('408 Request Timeout');
    } finally {
      Object.assign(server, { headersTimeout, requestTimeout });
    }
    // Node alone would look every 30 s.
  }, 15_000);
});
