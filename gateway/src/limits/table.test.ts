import { describe, expect, it } from '@jest/globals';
import { limits, workOf } from './table.ts';

describe('a call', () => {
  it.each([
    ['GET', '/', 'read'],
    ['HEAD', '/api/orders', 'read'],
    ['GET', '/checkout?from=cart', 'read'],
    ['POST', '/api/orders', 'checkout'],
    ['POST', '/api/orders?x=1', 'checkout'],
    ['POST', '/checkout', 'checkout'],
    ['POST', '/api/orders/quote', 'change'],
    ['POST', '/api/orders/1/cancel', 'change'],
    ['POST', '/api/cart/lines', 'change'],
    ['PUT', '/api/cart/lines/A', 'change'],
    ['DELETE', '/api/cart', 'change'],
    ['POST', '/cart/lines', 'change'],
    ['POST', '/api/payments/webhook', 'notice'],
    ['POST', '/api/payments/webhook?x', 'notice'],
    ['POST', '/api/payments/webhooks', 'change'],
    ['PATCH', '/api/payments/webhook', 'change'],
  ])('%s %s is work of the kind %s', (method, url, work) => {
    expect(workOf(method, url)).toBe(work);
  });
});

describe('the limits', () => {
  it('count each kind of work by address, and what strangers change besides', () => {
    for (const work of ['read', 'notice', 'change', 'checkout'] as const) {
      const by = limits.filter(({ of }) => of.includes(work)).map((limit) => limit.by);
      expect(by).toContain('address');
      if (work === 'change' || work === 'checkout') expect(by.toSorted()).toEqual(['address', 'shopper', 'stranger']);
    }
  });

  it('have names of their own: a name is a place in Redis', () => {
    expect(new Set(limits.map(({ name }) => name)).size).toBe(limits.length);
  });

  it('give an address more than a shopper', () => {
    const of = (name: string) => limits.find((limit) => limit.name === name);
    for (const work of ['change', 'checkout']) {
      const [address, shopper] = [of(work), of(`shopper-${work}`)];
      expect(address?.burst).toBeGreaterThan(shopper?.burst ?? Number.NaN);
      expect(address?.perSecond).toBeGreaterThan(shopper?.perSecond ?? Number.NaN);
    }
  });
});
