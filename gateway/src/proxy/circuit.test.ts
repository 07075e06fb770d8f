import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ALIVE_PATH } from '@emall/runtime';
import type { UpstreamHandler } from '@emall/runtime/testing';
import { openGateway, type OpenGateway } from '../testing.ts';
import { table } from './table.ts';

const ORDERS_MS = table.find(({ prefix }) => prefix === '/api/orders')?.timeoutMs ?? 0;
const hang = () => 'hang' as const;

let gateway: OpenGateway;
let order: OpenGateway['services']['order'];
beforeEach(async () => {
  gateway = await openGateway();
  order = gateway.services.order;
});
afterEach(() => gateway.close());

async function ask(path = '/api/orders') {
  const begun = performance.now();
  const { status, headers } = await gateway.call('GET', path);
  return { status, retryAfter: headers['retry-after'], ms: performance.now() - begun };
}

/** Nothing of it runs: not even whether it is there can be learnt. */
function freeze() {
  const working = { ...order.handlers };
  for (const name of Object.keys(working)) order.handlers[name] = hang;
  return () => Object.assign(order.handlers, working);
}

describe('a service of which nothing is heard any more', () => {
  it('is given up long before a call may have run out of time, and others are not made to wait', async () => {
    freeze();
    const first = await Promise.all([ask(), ask(), ask()]);
    expect(first).toEqual(first.map(() => ({ status: 503, retryAfter: expect.any(String), ms: expect.any(Number) })));
    expect(Math.max(...first.map(({ ms }) => ms))).toBeLessThan(ORDERS_MS / 2);
    expect(gateway.reached()).toHaveLength(3);
    // However long it lasts: it is asked whether it is there, and no shopper's call is needed to find that out.
    const now = performance.now.bind(performance);
    const later = jest.spyOn(performance, 'now').mockImplementation(() => now() + 5000);
    const next = await Promise.all(Array.from({ length: 20 }, () => ask()));
    later.mockRestore();
    expect(new Set(next.map(({ status }) => status))).toEqual(new Set([503]));
    expect(gateway.reached()).toEqual([]);
  });

  it('is called again by everybody once it says that it is there', async () => {
    const heal = freeze();
    expect((await ask()).status).toBe(503);
    heal();
    const { promise: asked, resolve } = Promise.withResolvers<void>();
    order.handlers[`GET ${ALIVE_PATH}`] = () => (resolve(), { status: 204 });
    await asked;
    // Longer than its answer is on the way.
    await ask('/api/cart');
    await ask('/api/cart');
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask()));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  });

  it('does not cut off the others', async () => {
    freeze();
    await ask();
    expect((await ask('/api/cart')).status).toBe(200);
  });
});

describe('a service that takes long', () => {
  /** It works on a call until so many questions have come, which it treats like this. */
  function slow(questions: number, handler: () => ReturnType<UpstreamHandler>) {
    const { promise, resolve } = Promise.withResolvers<void>();
    let come = 0;
    order.handlers[`GET ${ALIVE_PATH}`] = () => {
      if ((come += 1) === questions) resolve();
      return handler();
    };
    order.handlers['GET /api/orders/slow'] = async () => promise.then(() => ({ status: 200 }));
  }

  it.each([
    ['says that it is there', () => ({ status: 204 })],
    ['refuses to say more', () => ({ status: 503, headers: { 'retry-after': '1' } })],
  ])('is waited for while it %s', async (_how, handler) => {
    slow(4, handler);
    expect((await ask('/api/orders/slow')).status).toBe(200);
    expect(gateway.reached()).toHaveLength(1);
  });

  it('is waited for while it answers others, also when a question gets no answer', async () => {
    const others: Promise<unknown>[] = [];
    slow(4, () => (others.push(ask()), 'hang'));
    expect((await ask('/api/orders/slow')).status).toBe(200);
    await Promise.all(others);
  });

  it('is not waited for when nginx says that no replica answered', async () => {
    slow(Number.POSITIVE_INFINITY, () => ({ status: 503, headers: { 'retry-after': '1', 'x-emall-no-answer': '1' } }));
    const { status, ms } = await ask('/api/orders/slow');
    expect(status).toBe(503);
    expect(ms).toBeLessThan(ORDERS_MS / 2);
  });
});
