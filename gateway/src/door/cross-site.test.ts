import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { request } from 'undici';
import { openGateway, type OpenGateway, PUBLIC_URL } from '../testing.ts';

let gateway: OpenGateway;
beforeAll(async () => {
  gateway = await openGateway();
});
afterAll(() => gateway.close());
beforeEach(() => void gateway.reached());

const JSON_TYPE = { 'content-type': 'application/json' };
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' };
const TEXT_TYPE = { 'content-type': 'text/plain' };

async function send(method: string, path: string, headers: Record<string, string>) {
  const body = method === 'GET' || method === 'HEAD' ? null : '{}';
  const response = await request(`http://127.0.0.1:${gateway.port}${path}`, { method: method as 'GET', headers, body });
  return { status: response.statusCode, type: String(response.headers['content-type']), text: await response.body.text() };
}

describe('a call that changes something', () => {
  it.each<[string, string, string, Record<string, string>]>([
    ['from our own page', 'POST', '/api/cart/lines', { ...JSON_TYPE, 'sec-fetch-site': 'same-origin', origin: PUBLIC_URL }],
    ['typed by the shopper', 'POST', '/api/cart/lines', { ...JSON_TYPE, 'sec-fetch-site': 'none' }],
    ['from our own origin, by an older browser', 'POST', '/cart/lines', { ...FORM_TYPE, origin: PUBLIC_URL }],
    ['from our own form', 'POST', '/checkout', { ...FORM_TYPE, 'sec-fetch-site': 'same-origin' }],
    ['of JSON from a program', 'POST', '/api/orders', JSON_TYPE],
    ['of JSON with a charset', 'PUT', '/api/cart/lines/A', { 'content-type': 'Application/JSON; charset=utf-8' }],
    ['of the payment provider', 'POST', '/api/payments/webhook', { ...TEXT_TYPE, 'stripe-signature': 't=1,v1=abc' }],
    ['of the payment provider, through a browser-like sender', 'POST', '/api/payments/webhook', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
  ])('passes when it is %s', async (_what, method, path, headers) => {
    expect((await send(method, path, headers)).status).toBe(200);
    expect(gateway.reached()).toHaveLength(1);
  });

  it.each<[string, string, string, Record<string, string>]>([
    ['cross-site', 'POST', '/api/cart/lines', { ...JSON_TYPE, 'sec-fetch-site': 'cross-site' }],
    ['same-site, from another port or sub-domain', 'POST', '/cart/lines', { ...FORM_TYPE, 'sec-fetch-site': 'same-site' }],
    ['cross-site with our origin', 'POST', '/api/orders', { ...JSON_TYPE, 'sec-fetch-site': 'cross-site', origin: PUBLIC_URL }],
    ['said to be of our page, with a foreign origin', 'POST', '/api/orders', { ...JSON_TYPE, 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' }],
    ['of a foreign origin', 'DELETE', '/api/cart', { ...JSON_TYPE, origin: 'https://evil.example' }],
    ['of our host on another port', 'POST', '/checkout', { ...FORM_TYPE, origin: 'https://shop.example' }],
    ['of our host without TLS', 'POST', '/checkout', { ...FORM_TYPE, origin: 'http://shop.example:8443' }],
    ['of a longer host', 'POST', '/checkout', { ...FORM_TYPE, origin: `${PUBLIC_URL}.evil.example` }],
    ['of origin null', 'POST', '/checkout', { ...FORM_TYPE, origin: 'null' }],
    ['of an empty origin', 'POST', '/checkout', { ...FORM_TYPE, origin: '' }],
    ['of two words', 'POST', '/api/orders', { ...JSON_TYPE, 'sec-fetch-site': 'same-origin, cross-site' }],
    ['of an unknown word', 'POST', '/api/orders', { ...JSON_TYPE, 'sec-fetch-site': 'friendly' }],
    ['a form from nowhere', 'POST', '/cart/lines', FORM_TYPE],
    ['JSON to a page from nowhere', 'POST', '/cart/lines', JSON_TYPE],
    ['text that holds JSON', 'POST', '/api/orders', TEXT_TYPE],
    ['a form to the API', 'POST', '/api/cart/lines', FORM_TYPE],
    ['almost JSON', 'POST', '/api/orders', { 'content-type': 'application/jsonp' }],
    ['of no type', 'POST', '/api/orders', {}],
    ['another method on the webhook', 'PUT', '/api/payments/webhook', { 'sec-fetch-site': 'cross-site' }],
    ['below the webhook', 'POST', '/api/payments/webhook/x', { 'sec-fetch-site': 'cross-site' }],
  ])('is refused when it is %s', async (_what, method, path, headers) => {
    const response = await send(method, path, headers);
    expect(response.status).toBe(403);
    expect(gateway.reached()).toEqual([]);
    if (path.startsWith('/api')) {
      expect(response.type).toMatch('application/problem+json');
      expect(JSON.parse(response.text)).toMatchObject({ code: 'cross-site', status: 403 });
    } else {
      expect(response.type).toMatch('text/html');
      expect(response.text).toMatch('came from somewhere else');
    }
  });

  it('may be cross-site when it only reads', async () => {
    for (const method of ['GET', 'HEAD']) {
      expect((await send(method, '/orders/1?key=x', { 'sec-fetch-site': 'cross-site', origin: 'https://checkout.example' })).status).toBe(200);
    }
  });
});
