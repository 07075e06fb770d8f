import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { recordLog, testRedis } from '@emall/runtime/testing';
import { Agent, request } from 'undici';
import { cookieOf, GUEST_COOKIE, openGateway, type OpenGateway } from '../testing.ts';
import { limits as realTable, type Limit } from './table.ts';
import { openLimits, slow } from './testing.ts';

let redis: Awaited<ReturnType<typeof testRedis>>;
let closers: (() => unknown)[];

beforeEach(async () => {
  redis = await testRedis();
  closers = [];
});
afterEach(async () => {
  for (const close of closers.toReversed()) await close();
  await redis.close();
});

async function open(table: readonly Limit[], options: Parameters<typeof openLimits>[2] = {}): Promise<OpenGateway> {
  const { limits, close } = await openLimits(redis.url, table, options);
  const gateway = await openGateway({ limits });
  closers.push(close, gateway.close);
  return gateway;
}

/** As the edge passes a call on. */
const from = (address: string, more: Record<string, string> = {}) => ({ headers: { 'x-forwarded-for': address, ...more } });
const [ANNA, BERT] = ['192.0.2.1', '192.0.2.2'];
const cookie = (token: string) => ({ cookie: `${GUEST_COOKIE}=${token}` });

/** How many calls are let in before the first is not, at most 100. */
async function flood(call: (n: number) => Promise<{ status: number }>): Promise<number> {
  for (let admitted = 0; admitted < 100; admitted += 1) if ((await call(admitted)).status === 429) return admitted;
  return 100;
}

describe('who asks for too much', () => {
  it('is told so, in the way of who asked, and reaches no service', async () => {
    const gateway = await open([slow({ burst: 2 })]);
    await gateway.call('GET', '/', from(ANNA));
    await gateway.call('GET', '/', from(ANNA));
    gateway.reached();
    const api = await gateway.call('GET', '/api/catalog/products', from(ANNA));
    expect([api.status, api.headers['content-type'], api.headers['cache-control']]).toEqual([429, 'application/problem+json; charset=utf-8', 'no-store']);
    expect(api.json()).toMatchObject({ type: 'urn:emall:problem:too-many-requests', status: 429, code: 'too-many-requests', requestId: api.headers['x-request-id'] });
    const page = await gateway.call('POST', '/cart/lines', from(ANNA));
    expect([page.status, page.headers['content-type']]).toEqual([429, 'text/html; charset=utf-8']);
    expect(page.text).toMatch('Too many requests');
    for (const { headers } of [api, page]) expect(Number(headers['retry-after'])).toBe(50);
    expect(gateway.reached()).toEqual([]);
  });

  it('is let in after Retry-After', async () => {
    const gateway = await open([slow({ burst: 2, perSecond: 0.5 })]);
    let answer = await gateway.call('GET', '/', from(ANNA));
    while (answer.status !== 429) answer = await gateway.call('GET', '/', from(ANNA));
    const seconds = Number(answer.headers['retry-after']);
    expect(seconds).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    expect((await gateway.call('GET', '/', from(ANNA))).status).toBe(200);
  });

  it('is nobody else', async () => {
    const gateway = await open([slow()]);
    expect(await flood(() => gateway.call('GET', '/', from(ANNA)))).toBe(10);
    expect((await gateway.call('GET', '/', from(BERT))).status).toBe(200);
  });

  it('is in the log once a second, without an address', async () => {
    const { log, lines } = recordLog();
    const gateway = await open([slow({ burst: 1 }), slow({ name: 'other', by: 'stranger', of: ['checkout'], burst: 1 })], { log });
    const begun = performance.now();
    for (let n = 0; n < 20; n += 1) await gateway.call('GET', '/', from(ANNA));
    const seconds = (performance.now() - begun) / 1000;
    const said = lines.filter((line) => line.includes('rate limit reached'));
    expect(said.length).toBeGreaterThanOrEqual(1);
    expect(said.length).toBeLessThanOrEqual(1 + seconds);
    expect(JSON.parse(said[0] ?? '')).toMatchObject({ level: 'warn', limit: 'slow', refused: 1 });
    expect(lines.join('')).not.toContain(ANNA);
  });
});

describe('an address', () => {
  it('is the network of a customer: one /64 has one budget, the next has its own', async () => {
    const gateway = await open([slow()]);
    expect(await flood((n) => gateway.call('GET', '/', from(`2001:db8:1:2::${n.toString(16)}`)))).toBe(10);
    expect((await gateway.call('GET', '/', from('2001:db8:1:3::1'))).status).toBe(200);
  });

  it('is what the edge says, and what anybody else says of theirs is not believed', async () => {
    const gateway = await open([slow()]);
    const agents = ['127.0.1.1', '127.0.1.2'].map((localAddress) => new Agent({ localAddress }));
    closers.push(() => Promise.all(agents.map((agent) => agent.close())));
    const spoof = async (n: number, dispatcher = agents[0] as Agent) => {
      const claim = `198.51.100.${n}`;
      const headers = { 'x-forwarded-for': `${claim}, 127.0.0.1`, forwarded: `for=${claim}`, 'x-real-ip': claim, 'cf-connecting-ip': claim, 'true-client-ip': claim, 'x-client-ip': claim };
      const { statusCode, body } = await request(`http://127.0.0.1:${gateway.port}/`, { headers, dispatcher });
      await body.dump();
      return { status: statusCode };
    };
    expect(await flood((n) => spoof(n))).toBe(10);
    expect((await spoof(1, agents[1])).status).toBe(200);
    const plainly = async () => {
      const { statusCode, body } = await request(`http://127.0.0.1:${gateway.port}/`, { dispatcher: agents[1] as Agent });
      await body.dump();
      return { status: statusCode };
    };
    expect(await flood(plainly)).toBe(9);
  });
});

describe('the edge', () => {
  it('has a limit of its own for what it asks for by itself: nobody who is at theirs makes a page old for everybody', async () => {
    const gateway = await open([slow({ burst: 1 }), slow({ name: 'renewal', of: ['renewal'], burst: 20 })]);
    // Somebody at the machine of the edge is a client like others.
    expect(await flood(() => gateway.call('GET', '/', from('127.0.0.1')))).toBe(1);
    expect(await flood(() => gateway.call('GET', '/'))).toBe(20);
    expect((await gateway.call('GET', '/', from(ANNA))).status).toBe(200);
  });

  it('may fetch the pages of a busy shop', async () => {
    const gateway = await open(realTable);
    expect(await flood(() => gateway.call('GET', '/'))).toBe(100);
  });
});

describe('a guest', () => {
  const order = (gateway: OpenGateway, address: string, headers: Record<string, string> = {}) => gateway.call('POST', '/api/orders', { ...from(address, headers), body: {} });
  const add = (gateway: OpenGateway, address: string, headers: Record<string, string> = {}) => gateway.call('POST', '/api/cart/lines', { ...from(address, headers), body: {} });
  const shopper = slow({ name: 'shopper', by: 'shopper', of: ['change', 'checkout'], burst: 5 });

  it('has one budget at all addresses, and two guests at one address have two', async () => {
    const gateway = await open([shopper]);
    const [one, two] = [await add(gateway, ANNA), await add(gateway, ANNA)].map(({ cookies }) => cookieOf(cookies, GUEST_COOKIE) ?? '');
    expect(await flood((n) => order(gateway, `192.0.2.${n}`, cookie(one ?? '')))).toBe(5);
    expect((await order(gateway, '192.0.2.1', cookie(two ?? ''))).status).toBe(200);
  });

  it('can ask for no more than the address, whoever they are', async () => {
    const gateway = await open([slow(), shopper]);
    expect(await flood(() => add(gateway, ANNA))).toBe(10);
  });

  it('who was invented has no budget but that of a stranger at the address, as has who has no cookie', async () => {
    const gateway = await open([slow({ burst: 50 }), shopper, slow({ name: 'newcomer', by: 'stranger', of: ['change', 'checkout'] })]);
    const token = cookieOf((await add(gateway, ANNA)).cookies, GUEST_COOKIE) ?? '';
    const invented = (n: number) => cookie(createHmac('sha256', 'attacker').update(String(n)).digest('base64url'));
    expect(await flood((n) => (n % 2 === 0 ? order : add)(gateway, ANNA, n % 3 === 0 ? {} : invented(n)))).toBe(9);
    // Who came before them goes on.
    expect((await order(gateway, ANNA, cookie(token))).status).toBe(200);
    // Reading makes nobody.
    expect((await gateway.call('GET', '/api/cart', from(ANNA, invented(1)))).status).toBe(200);
  });
});

describe('the payment provider', () => {
  const notice = (gateway: OpenGateway, address: string) => gateway.call('POST', '/api/payments/webhook', { ...from(address), body: {} });

  it('has a limit of its own at its address: whoever says to be the provider keeps the real one from nothing', async () => {
    const gateway = await open([slow({ of: ['read', 'change', 'checkout'], burst: 1 }), slow({ name: 'notice', of: ['notice'], burst: 20 })]);
    await gateway.call('GET', '/', from(ANNA));
    expect(await flood(() => notice(gateway, ANNA))).toBe(20);
    expect((await notice(gateway, BERT)).status).toBe(200);
  });

  it('is heard in the bursts in which it comes', async () => {
    const gateway = await open(realTable);
    expect(await flood(() => notice(gateway, ANNA))).toBe(100);
  });
});

describe('the limits of the shop', () => {
  it('let an office in that opens, and not a thousand orders of one shopper', async () => {
    const gateway = await open(realTable);
    const tokens: string[] = [];
    for (let n = 0; n < 60; n += 1) {
      const { status, cookies } = await gateway.call('POST', '/api/cart/lines', { ...from(ANNA), body: {} });
      expect(status).toBe(200);
      tokens.push(cookieOf(cookies, GUEST_COOKIE) ?? '');
    }
    for (const token of tokens) {
      for (const path of ['/', '/cart', '/checkout', '/api/orders']) expect((await gateway.call('GET', path, from(ANNA, cookie(token)))).status).toBe(200);
      expect((await gateway.call('POST', '/api/orders', { ...from(ANNA, cookie(token)), body: {} })).status).toBe(200);
    }
    expect(await flood(() => gateway.call('POST', '/api/orders', { ...from(ANNA, cookie(tokens[0] ?? '')), body: {} }))).toBeLessThan(100);
  });
});
