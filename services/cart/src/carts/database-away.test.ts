import { createClient, createDatabase, silentLog } from '@emall/runtime';
import { asShopper, callerHeaders, fakeUpstream, testIdentityKeys } from '@emall/runtime/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildApp } from '../app.ts';
import type { paths } from '../clients/catalog.gen.ts';

/** Nobody listens on port 1. */
const db = createDatabase<unknown>({ url: 'postgres://cart_run@127.0.0.1:1/nowhere', name: 'cart', max: 2, log: silentLog });
let upstream: Awaited<ReturnType<typeof fakeUpstream>>;
let app: Awaited<ReturnType<typeof buildApp>>;
beforeAll(async () => {
  upstream = await fakeUpstream({ 'GET /api/catalog/variants': () => ({ body: { items: [] } }) });
  const catalog = createClient<paths>({ baseUrl: upstream.url, service: 'catalog', timeoutMs: 500 });
  app = await buildApp({ db, catalog, currency: 'GBP', identityKeys: testIdentityKeys });
});
afterAll(async () => {
  await app.close();
  await Promise.all([db.destroy(), upstream.close()]);
});

describe('without a database', () => {
  it.each([
    ['GET', '/api/cart', undefined],
    ['POST', '/api/cart/lines', { sku: 'A', quantity: 1 }],
    ['PUT', '/api/cart/lines/A', { quantity: 1 }],
    ['PUT', '/api/cart/lines/A', { quantity: 0 }],
    ['DELETE', '/api/cart', undefined],
    ['POST', '/internal/carts/clear', { orderId: '1', lines: [] }],
  ] as const)('%s %s answers 503 with Retry-After, never an empty cart', async (method, url, payload) => {
    const headers = url.startsWith('/internal') ? callerHeaders('order') : asShopper().headers;
    const response = await app.inject({ method, url, headers, ...(payload && { payload }) });
    expect([response.statusCode, response.json().code]).toEqual([503, 'unavailable']);
    expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
    expect(response.headers).not.toHaveProperty('emall-cart-items');
  });
});
