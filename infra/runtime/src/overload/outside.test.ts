import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import { createClient, forward } from '../client.ts';
import { requestContext } from '../context.ts';
import { createService } from '../service.ts';
import { guardRequests } from './guard.ts';
import { Limiter } from './limiter.ts';
import { outside, WAITED_HEADER } from './outside.ts';

interface Paths {
  '/orders': { post: { responses: { 200: { content: { 'application/json': object } } } } };
}

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  jest.restoreAllMocks();
  for (const each of opened.splice(0).toReversed()) await each.close();
});

async function open(handler: (request: FastifyRequest) => Promise<unknown>) {
  const app = await createService({ name: 'test', version: '1' });
  const limiter = new Limiter();
  const left = new Promise<number | undefined>((resolve) => {
    jest.spyOn(limiter, 'leave').mockImplementation((_place, _failed, waitedMs) => resolve(waitedMs));
  });
  guardRequests(app, limiter);
  app.post('/orders', handler);
  await app.listen({ host: '127.0.0.1', port: 0 });
  opened.push(app);
  return { url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/orders`, left };
}

async function atLeast(ms: number): Promise<void> {
  const since = performance.now();
  while (performance.now() - since < ms) await new Promise((resolve) => setTimeout(resolve, ms));
}

describe('the time that somebody outside the shop took', () => {
  it('is told to every service on the way back', async () => {
    const order = await open(async () => outside(() => atLeast(40)));
    const client = createClient<Paths>({ baseUrl: new URL(order.url).origin, service: 'order', timeoutMs: 60_000 });
    opened.push(client);
    const shop = await open(async (request) => void (await client.POST('/orders', { headers: forward(request) })));
    const { headers } = await fetch(shop.url, { method: 'POST' });
    const waited = (await order.left) as number;
    expect(waited).toBeGreaterThanOrEqual(40);
    expect(await shop.left).toBe(Math.round(waited));
    expect(headers.get(WAITED_HEADER)).toBe(String(Math.round(waited)));
  });

  it('is told as well of who is not waited for to the end', async () => {
    const never = Promise.withResolvers<void>();
    const order = await open(async () => Promise.race([outside(() => never.promise), atLeast(40)]));
    const { headers } = await fetch(order.url, { method: 'POST' });
    never.resolve();
    expect(Number(headers.get(WAITED_HEADER))).toBeGreaterThanOrEqual(39);
  });

  it('is not told where nobody was waited for', async () => {
    const order = await open(async () => ({}));
    const { headers } = await fetch(order.url, { method: 'POST' });
    expect(headers.has(WAITED_HEADER)).toBe(false);
    expect(await order.left).toBeUndefined();
  });

  it('counts once when two are waited for at the same time', async () => {
    let now = 1000;
    jest.spyOn(performance, 'now').mockImplementation(() => now);
    const context: NonNullable<ReturnType<typeof requestContext.getStore>> = { requestId: 'a', statements: 0 };
    const [one, other] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    await requestContext.run(context, async () => {
      const both = Promise.all([outside(() => one.promise), outside(() => other.promise)]);
      now += 100;
      one.resolve();
      await new Promise(setImmediate);
      now += 50;
      other.resolve();
      await both;
    });
    expect(context.waits?.ms).toBe(150);
  });
});
