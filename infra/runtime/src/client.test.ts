import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import { createClient, forward } from './client.ts';
import { type RequestContext, requestContext } from './context.ts';
import { Deadline } from './deadline.ts';
import { ProblemError } from './problems.ts';
import { fakeUpstream } from './testing/index.ts';

interface Paths {
  '/things/{id}': {
    get: { parameters: { path: { id: string }; query?: { sku?: string[] } }; responses: { 200: { content: { 'application/json': { ok: boolean } } }; 404: { content: { 'application/problem+json': { code: string } } } } };
    put: { parameters: { path: { id: string } }; requestBody: { content: { 'application/json': { n: number } } }; responses: { 200: { content: { 'application/json': { ok: boolean } } } } };
  };
}

let upstream: Awaited<ReturnType<typeof fakeUpstream>>;
let client: ReturnType<typeof createClient<Paths>>;

beforeEach(async () => {
  upstream = await fakeUpstream({ 'GET /things/1': () => ({ body: { ok: true } }), 'PUT /things/1': () => ({ body: { ok: true } }) });
  client = createClient<Paths>({ baseUrl: upstream.url, service: 'things', timeoutMs: 2000 });
});

afterEach(async () => {
  await client.close();
  await upstream.close();
});

const params = { path: { id: '1' } };

describe('a client of another service', () => {
  it('returns data, and errors of the contract as values', async () => {
    expect((await client.GET('/things/{id}', { params: { ...params, query: { sku: ['a', 'b'] } } })).data).toEqual({ ok: true });
    expect(upstream.calls[0]?.url).toBe('/things/1?sku=a&sku=b');
    const { error, response } = await client.GET('/things/{id}', { params: { path: { id: '2' } } });
    expect([error?.code, response.status]).toEqual(['not-found', 404]);
  });

  it('sends JSON', async () => {
    await client.PUT('/things/{id}', { params, body: { n: 1 } });
    expect(upstream.calls[0]).toMatchObject({ method: 'PUT', body: { n: 1 } });
    expect(upstream.calls[0]?.headers['content-type']).toBe('application/json');
  });

  it.each([
    ['503', () => ({ status: 503 })],
    ['502', () => ({ status: 502 })],
    ['a cut connection', () => 'reset' as const],
    ['silence', () => 'hang' as const],
    ['text that is not JSON', () => ({ body: '<html>' })],
  ])('throws 503 on %s, after exactly one call', async (_what, handler) => {
    upstream.handlers['GET /things/1'] = handler;
    await expect(client.GET('/things/{id}', { params })).rejects.toMatchObject({ status: 503, code: 'unavailable' });
    expect(upstream.calls).toHaveLength(1);
  });

  describe('in the name of a request', () => {
    const request = () => ({ id: 'request-0001', headers: {}, deadline: new Deadline(60_000) }) as unknown as FastifyRequest;
    const get = (context: Partial<RequestContext>, named = true) =>
      requestContext.run({ requestId: 'a', statements: 0, ...context }, () => client.GET('/things/{id}', { params, headers: named ? forward(request()) : {} }));

    it('is worth what that is worth', async () => {
      await get({ worth: 1 });
      await get({});
      expect(upstream.calls.map(({ headers }) => headers['x-emall-worth'])).toEqual(['1', undefined]);
    });

    it('finds a connection when browsing hangs on all that it may have, if it is worth most', async () => {
      const { 'GET /things/1': working } = upstream.handlers;
      upstream.handlers['GET /things/1'] = () => 'hang';
      const hanging = Array.from({ length: 60 }, () => get({ worth: 4 }).catch((error: unknown) => error));
      while (upstream.calls.length < 48) await new Promise((resolve) => setImmediate(resolve));
      if (working) upstream.handlers['GET /things/1'] = working;
      expect((await get({ worth: 1 })).data).toEqual({ ok: true });
      expect(upstream.calls).toHaveLength(49);
      await Promise.all(hanging);
    });

    it('tells the other side of no time that was waited for a connection', async () => {
      const held = Promise.withResolvers<{ body: unknown }>();
      upstream.handlers['GET /things/1'] = () => held.promise;
      const first = Array.from({ length: 48 }, () => get({ worth: 4 }));
      while (upstream.calls.length < 48) await new Promise((resolve) => setImmediate(resolve));
      const clock = performance.now.bind(performance);
      const waiting = get({ worth: 4 });
      jest.spyOn(performance, 'now').mockImplementation(() => clock() + 700);
      held.resolve({ body: { ok: true } });
      await Promise.all([...first, waiting]);
      jest.restoreAllMocks();
      const told = upstream.calls.map(({ headers }) => Number(headers['x-emall-deadline-ms']));
      expect(Math.max(...told.slice(0, 48))).toBeGreaterThan(1300);
      expect(told[48]).toBeLessThanOrEqual(1300);
    });

    it('does not ask for whoever has hung up; what it asks for itself goes on, and so does what writes', async () => {
      await expect(get({ reads: true, gone: true })).rejects.toMatchObject({ status: 503 });
      expect(upstream.calls).toEqual([]);
      await get({ reads: true, gone: true }, false);
      await get({ reads: false, gone: true });
      expect(upstream.calls).toHaveLength(2);
    });
  });

  it('throws 503 when nobody listens', async () => {
    await upstream.close();
    await expect(client.GET('/things/{id}', { params })).rejects.toBeInstanceOf(ProblemError);
  });

  it('passes on identity, request id and what remains of the deadline', async () => {
    const request = { id: 'request-1', headers: { 'x-emall-identity': 'signed' }, deadline: new Deadline(1500) } as unknown as FastifyRequest;
    await client.GET('/things/{id}', { params, headers: forward(request) });
    const headers = upstream.calls[0]?.headers ?? {};
    expect(headers).toMatchObject({ 'x-emall-identity': 'signed', 'x-request-id': 'request-1' });
    expect(Number(headers['x-emall-deadline-ms'])).toBeLessThanOrEqual(1500);
  });

  it('does not call at all when no time remains', async () => {
    const request = { id: 'request-1', headers: {}, deadline: new Deadline(0) } as unknown as FastifyRequest;
    await expect(client.GET('/things/{id}', { params, headers: forward(request) })).rejects.toMatchObject({ status: 503 });
    expect(upstream.calls).toHaveLength(0);
  });
});

describe('a service that does not answer for a while', () => {
  const clock = performance.now.bind(performance);
  let aheadMs = 0;
  beforeEach(() => {
    aheadMs = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => clock() + aheadMs);
  });
  afterEach(() => void jest.restoreAllMocks());

  /** Calls that follow each other at some distance; how many of them were made. */
  async function callsMadeOf(times: number, options: { headers?: Record<string, string> } = {}): Promise<number> {
    const before = upstream.calls.length;
    for (let i = 0; i < times; i += 1) {
      await client.GET('/things/{id}', { params, ...options }).catch((error: unknown) => expect(error).toMatchObject({ status: 503, code: 'unavailable' }));
      aheadMs += 150;
    }
    return upstream.calls.length - before;
  }

  it.each([
    ['its connections are cut', () => 'reset' as const],
    ['nobody is there (502)', () => ({ status: 502 })],
    ['nginx says that no replica answered', () => ({ status: 503, headers: { 'retry-after': '1', 'x-emall-no-answer': '1' } })],
  ])('is spared further calls when %s, and asked again after a pause', async (_what, handler) => {
    const { 'GET /things/1': working } = upstream.handlers;
    upstream.handlers['GET /things/1'] = handler;
    expect(await callsMadeOf(7)).toBe(5);
    if (working) upstream.handlers['GET /things/1'] = working;
    aheadMs += 1000;
    expect(await callsMadeOf(3)).toBe(3);
  });

  it('goes on being called while it refuses and says when to come again', async () => {
    upstream.handlers['GET /things/1'] = () => ({ status: 503, headers: { 'retry-after': '1' } });
    expect(await callsMadeOf(10)).toBe(10);
  });

  it('is not judged by calls that had hardly any time left', async () => {
    upstream.handlers['GET /things/1'] = () => 'hang';
    expect(await callsMadeOf(10, { headers: { 'x-emall-deadline-ms': '20' } })).toBe(10);
  });

  it('goes on being called when circuits are left out', async () => {
    const unguarded = createClient<Paths>({ baseUrl: upstream.url, service: 'things', timeoutMs: 2000, guarded: false });
    upstream.handlers['GET /things/1'] = () => 'reset';
    for (let i = 0; i < 7; i += 1) {
      await expect(unguarded.GET('/things/{id}', { params })).rejects.toMatchObject({ status: 503 });
      aheadMs += 150;
    }
    expect(upstream.calls).toHaveLength(7);
    await unguarded.close();
  });
});
