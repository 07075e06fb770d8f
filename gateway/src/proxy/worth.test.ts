import { describe, expect, it } from '@jest/globals';
import { worthOf, WORTHS } from './worth.ts';

const nameOf = (method: string, url: string, headers = {}) => {
  const worth = worthOf({ method, url, headers });
  return worth === undefined ? 'always' : WORTHS[worth];
};

describe('what is worth', () => {
  it.each([
    ['POST', '/api/orders', 'checkout'],
    ['POST', '/api/orders/quote', 'checkout'],
    ['POST', '/api/orders/7/cancel', 'checkout'],
    ['POST', '/orders/7/cancel', 'checkout'],
    ['GET', '/checkout', 'checkout'],
    ['POST', '/checkout', 'checkout'],
    ['GET', '/api/cart', 'cart'],
    ['PUT', '/api/cart/lines/A', 'cart'],
    ['POST', '/cart/lines', 'cart'],
    ['GET', '/cart', 'cart'],
    ['GET', '/api/orders', 'account'],
    ['GET', '/api/orders/7?key=q=1', 'account'],
    ['GET', '/orders/7', 'account'],
    ['GET', '/p/shoe', 'product'],
    ['HEAD', '/p/shoe', 'product'],
    ['GET', '/api/catalog/products/shoe', 'product'],
    ['GET', '/api/catalog/variants?sku=A', 'product'],
    ['GET', '/', 'list'],
    ['GET', '/c/shoes', 'list'],
    ['GET', '/c/shoes?q=', 'list'],
    ['GET', '/api/catalog/products', 'list'],
    ['GET', '/api/catalog/products?category=q', 'list'],
    ['GET', '/api/catalog/categories', 'list'],
    ['GET', '/whatever', 'list'],
    ['GET', '/api/catalog/products?limit=3&q=shoe', 'search'],
    ['GET', '/c/shoes?q=red', 'search'],
    ['GET', '/search?q=shoe', 'search'],
    ['GET', '/search', 'search'],
    ['GET', '/api/catalog/suggestions?q=sh', 'prefetch'],
    ['GET', '/search/suggestions?q=sh', 'prefetch'],
    ['GET', '/healthz', 'always'],
  ])('%s %s: %s', (method, url, name) => {
    expect(nameOf(method, url)).toBe(name);
  });

  it.each([
    ['as its provider signs', `t=1700000000,v1=${'0a'.repeat(32)}`, 'pay'],
    ['with a second key, while keys are changed', `t=1700000000,v1=${'0a'.repeat(32)},v1=${'0b'.repeat(32)}`, 'pay'],
    ['with the scheme for trying besides', `t=1700000000,v0=${'0a'.repeat(32)},v1=${'0b'.repeat(32)}`, 'pay'],
    ['without a signature', undefined, 'prefetch'],
    ['with a word', 'signed', 'prefetch'],
    ['with half a signature', `t=1700000000,v1=${'0a'.repeat(31)}`, 'prefetch'],
  ])('is a payment told of %s', (_how, signature, name) => {
    expect(nameOf('POST', '/api/payments/webhook', { 'stripe-signature': signature })).toBe(name);
  });

  it('is least for what a browser loads ahead, and not for what it sends', () => {
    const headers = { 'sec-purpose': 'prefetch;prerender' };
    expect([nameOf('GET', '/checkout', headers), nameOf('POST', '/checkout', headers)]).toEqual(['prefetch', 'checkout']);
  });
});
