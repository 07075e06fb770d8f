import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { cookieOf, GUEST_COOKIE, identityOf, ITEMS_COOKIE, openGateway, type OpenGateway, PUBLIC_URL } from '../testing.ts';
import { GuestCookies, shopperOf } from './guest.ts';

let gateway: OpenGateway;
beforeAll(async () => {
  gateway = await openGateway();
});
afterAll(() => gateway.close());
beforeEach(() => void gateway.reached());

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const KEY = Buffer.alloc(32, 'k');
const ours = new GuestCookies(new URL(PUBLIC_URL), KEY);
const add = (cookie?: string) => gateway.call('POST', '/api/cart/lines', { body: { sku: 'A', quantity: 1 }, headers: cookie === undefined ? {} : { cookie } });
const guest = (token: string) => `${GUEST_COOKIE}=${token}`;

describe('a guest', () => {
  it.each([['POST', '/api/cart/lines'], ['POST', '/cart/lines']])('is made by %s %s', async (method, path) => {
    const { cookies } = await gateway.call(method, path, { body: {} });
    const token = cookieOf(cookies, GUEST_COOKIE) ?? '';
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(cookies).toEqual([`${guest(token)}; Path=/; Max-Age=34560000; Secure; HttpOnly; SameSite=Lax`]);
    const [call] = gateway.reached();
    expect(identityOf(call)).toEqual({ shopper: shopperOf(token), caller: 'gateway' });
    expect(JSON.stringify(call)).not.toContain(token);
  });

  it.each([
    ['GET', '/'], ['GET', '/cart'], ['GET', '/api/cart'], ['PUT', '/api/cart/lines/A'], ['DELETE', '/api/cart'], ['POST', '/api/orders'],
    ['POST', '/checkout'], ['POST', '/cart/lines/A'], ['POST', '/api/cart/lines/'], ['POST', '/api/payments/webhook'],
  ])('is not made by %s %s', async (method, path) => {
    const { cookies } = await gateway.call(method, path, method === 'GET' ? {} : { body: {} });
    expect(cookies).toEqual([]);
    const calls = gateway.reached();
    expect(calls).toHaveLength(1);
    expect(calls[0]?.headers).not.toHaveProperty('x-emall-identity');
  });

  it('is not made by an add that was refused', async () => {
    for (const status of [400, 404, 409, 503]) {
      gateway.services.cart.handlers['POST /api/cart/lines'] = () => ({ status, headers: { 'content-type': 'application/problem+json', 'emall-cart-items': '3' }, body: {} });
      const { cookies } = await add();
      expect(cookieOf(cookies, GUEST_COOKIE)).toBeUndefined();
    }
    delete gateway.services.cart.handlers['POST /api/cart/lines'];
  });

  it('stays the same with its cookie, and two guests are two', async () => {
    const [anna, bert] = [cookieOf((await add()).cookies, GUEST_COOKIE) ?? '', cookieOf((await add()).cookies, GUEST_COOKIE) ?? ''];
    gateway.reached();
    for (const path of ['/api/cart', '/api/orders', '/cart', '/checkout', '/orders/1']) {
      for (const token of [anna, bert]) {
        const { cookies } = await gateway.call('GET', path, { headers: { cookie: `a=b; ${guest(token)}; c=d` } });
        expect(cookies).toEqual([]);
        const [call] = gateway.reached();
        expect(identityOf(call)?.shopper).toBe(shopperOf(token));
        expect(call?.headers).not.toHaveProperty('cookie');
      }
    }
    expect((await add(guest(anna))).cookies).toEqual([]);
    expect(shopperOf(anna)).not.toBe(shopperOf(bert));
  });

  it('is nobody to the public parts of the shop', async () => {
    for (const path of ['/', '/p/shoe', '/search?q=x', '/api/catalog/products', '/healthz', '/api/openapi.json']) {
      const { headers } = await gateway.call('GET', path, { headers: { cookie: guest(ours.mint()) } });
      expect(headers['cache-control'] ?? '').not.toMatch('private');
      for (const call of gateway.reached()) {
        expect(call.headers).not.toHaveProperty('x-emall-identity');
        expect(call.headers).not.toHaveProperty('cookie');
      }
    }
  });

  const token = ours.mint();
  it.each([
    ['too short', guest('abc')],
    ['too long', guest(`${token}x`)],
    ['of other characters', guest(`${token.slice(0, 42)}!`)],
    ['empty', guest('')],
    ['quoted', guest(`"${token}"`)],
    ['given twice', `${guest(token)}; ${guest(ours.mint())}`],
    ['given twice alike', `${guest(token)}; x=y; ${guest(token)}`],
    ['of another port', `__Host-emall-9999=${token}`],
    ['of another case', `__host-emall-8443=${token}`],
  ])('is not recognised by a cookie that is %s', async (_what, cookie) => {
    await gateway.call('GET', '/api/cart', { headers: { cookie } });
    expect(gateway.reached()[0]?.headers).not.toHaveProperty('x-emall-identity');
    const made = cookieOf((await add(cookie)).cookies, GUEST_COOKIE);
    expect(made).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(made).not.toBe(token);
  });

  it('cannot name itself', async () => {
    const forged = { 'x-emall-identity': 'victim.gateway.1.forged', 'x-user-id': '42', 'x-emall-shopper': 'victim' };
    await gateway.call('GET', '/api/cart', { headers: forged });
    await gateway.call('GET', '/api/cart', { headers: { ...forged, cookie: guest(token), connection: 'close, x-emall-identity' } });
    const [without, having] = gateway.reached();
    for (const name of Object.keys(forged)) expect(without?.headers).not.toHaveProperty(name);
    expect(identityOf(having)).toEqual({ shopper: shopperOf(token), caller: 'gateway' });
    expect(having?.headers).not.toHaveProperty('x-user-id');
  });

  it('has a token that no other has: 1,000 of them share no run of 8 bytes', () => {
    const runs = new Set<string>();
    for (let n = 0; n < 1000; n += 1) {
      const bytes = Buffer.from(ours.mint(), 'base64url');
      expect(bytes).toHaveLength(32);
      for (let i = 0; i + 8 <= bytes.length; i += 1) runs.add(bytes.toString('hex', i, i + 8));
    }
    expect(runs.size).toBe(1000 * 25);
  });
});

describe('a token', () => {
  const read = (token: string, cookies = ours) => cookies.readMinted(guest(token));

  it('is known to every gateway of the shop that made it, and to no other shop', () => {
    const token = ours.mint();
    expect(read(token)).toBe(token);
    expect(read(token, new GuestCookies(new URL(PUBLIC_URL), Buffer.from(KEY)))).toBe(token);
    expect(read(token, new GuestCookies(new URL(PUBLIC_URL), Buffer.alloc(32, 'x')))).toBeUndefined();
  });

  it('that somebody invented, or made of another, is not ours, though it names a guest', () => {
    const token = ours.mint();
    const bytes = Buffer.from(token, 'base64url');
    const changed = Array.from(bytes, (byte, at) => Buffer.from(bytes).fill(byte ^ 1, at, at + 1).toString('base64url'));
    for (const other of [randomBytes(32).toString('base64url'), ...changed]) {
      expect(read(other)).toBeUndefined();
      expect(ours.read(guest(other))).toBe(other);
    }
  });

  it('can be written in one way', () => {
    const token = ours.mint();
    const ways = Array.from(ALPHABET, (last) => token.slice(0, -1) + last).filter((way) => Buffer.from(way, 'base64url').equals(Buffer.from(token, 'base64url')));
    expect(ways).toHaveLength(4);
    expect(ways.filter((way) => read(way) !== undefined)).toEqual([token]);
  });
});

describe('the number of items', () => {
  const count = async (value: string, cookie?: string, path = '/api/cart') => {
    for (const { handlers } of [gateway.services.cart, gateway.services.storefront]) {
      handlers['GET /api/cart'] = handlers['GET /cart'] = handlers['GET /'] = () => ({ headers: { 'emall-cart-items': value }, body: {} });
    }
    const response = await gateway.call('GET', path, { headers: cookie === undefined ? {} : { cookie } });
    expect(response.headers).not.toHaveProperty('emall-cart-items');
    return response.cookies;
  };

  it('becomes a readable cookie', async () => {
    for (const path of ['/api/cart', '/cart']) expect(await count('12', undefined, path)).toEqual([`${ITEMS_COOKIE}=12; Path=/; Max-Age=2592000; SameSite=Lax; Secure`]);
  });

  it('is not told again to who knows it, nor is none told to who never had any', async () => {
    expect(await count('12', `${ITEMS_COOKIE}=12`)).toEqual([]);
    expect(await count('0')).toEqual([]);
    expect(cookieOf(await count('0', `${ITEMS_COOKIE}=12`), ITEMS_COOKIE)).toBe('0');
  });

  it('is a number and nothing else', async () => {
    for (const value of ['', '-1', '1.5', 'x', '1; Domain=evil', '123456']) expect(await count(value)).toEqual([]);
  });

  it('is never told by a page that is the same for everybody', async () => {
    expect(await count('12', undefined, '/')).toEqual([]);
  });
});

describe('what was made for one shopper', () => {
  const cacheControl = async (path: string, value?: string, more: Record<string, string> = {}) => {
    for (const { handlers } of Object.values(gateway.services)) handlers[`GET ${path}`] = () => ({ headers: { ...(value !== undefined && { 'cache-control': value }), ...more }, body: {} });
    return (await gateway.call('GET', path)).headers['cache-control'];
  };

  it('is kept by no cache, whatever its service says', async () => {
    for (const path of ['/api/cart', '/api/orders', '/cart', '/checkout', '/orders/1']) {
      expect(await cacheControl(path)).toBe('no-store');
      expect(await cacheControl(path, 'public, s-maxage=60')).toBe('no-store');
      expect(await cacheControl(path, 'private, no-store, max-age=0')).toBe('private, no-store, max-age=0');
    }
  });

  it('includes whatever sets a cookie', async () => {
    expect(await cacheControl('/p/shoe', 'public, s-maxage=60', { 'set-cookie': 'a=b' })).toBe('no-store');
    expect(await cacheControl('/p/shoe', 'public, s-maxage=60')).toBe('public, s-maxage=60');
  });
});

describe('the names of the cookies', () => {
  it.each([
    ['http://127.0.0.1:8080', '__Host-emall-8080', ''],
    ['https://shop.example', '__Host-emall-443', '; Secure'],
    ['http://shop.example', '__Host-emall-80', ''],
  ])('at %s bear the port', (url, name, secure) => {
    const cookies = new GuestCookies(new URL(url), KEY);
    expect(cookies.guest('t')).toBe(`${name}=t; Path=/; Max-Age=34560000; Secure; HttpOnly; SameSite=Lax`);
    expect(cookies.items('3', undefined)).toBe(`${name.replace('__Host-emall', 'emall-items')}=3; Path=/; Max-Age=2592000; SameSite=Lax${secure}`);
  });
});
