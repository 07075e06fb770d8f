import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type OpenCart, openCart, shopperOf } from '../testing.ts';

let shop: OpenCart;
beforeAll(async () => {
  shop = await openCart();
  shop.sell('A');
});
afterAll(() => shop.close());

/** Written as JSON text, because JSON.stringify would mend some of it. */
const QUANTITIES = [
  '-1', '1.5', '100', '1e3', '1e400', '-1e400', '2147483648', '9007199254740993', '1e-7', '"3"', '""', '"NaN"', 'null', 'true', '[2]', '{}', '[]', '[[1]]',
];
const BODIES: [string, string][] = [
  ['a price', '{"sku":"A","quantity":1,"price":1}'],
  ['an unknown field', '{"sku":"A","quantity":1,"userId":"x","currency":"USD"}'],
  ['__proto__', '{"sku":"A","quantity":1,"__proto__":{"admin":true}}'],
  ['constructor.prototype', '{"sku":"A","quantity":1,"constructor":{"prototype":{"admin":true}}}'],
  ['no quantity', '{"sku":"A"}'],
  ['no SKU', '{"quantity":1}'],
  ['nothing', '{}'],
  ['an empty SKU', '{"sku":"","quantity":1}'],
  ['a SKU that is too long', `{"sku":"${'A'.repeat(41)}","quantity":1}`],
  ['a SKU with a blank', '{"sku":"A B","quantity":1}'],
  ['SQL for a SKU', '{"sku":"A\'; drop table cart--","quantity":1}'],
  ['a SKU with a line end', '{"sku":"A\\n","quantity":1}'],
  ['a SKU with a NUL', '{"sku":"A\\u0000","quantity":1}'],
  ['a number for a SKU', '{"sku":1,"quantity":1}'],
  ['a list', '[{"sku":"A","quantity":1}]'],
  ['a text', '"A"'],
  ['null', 'null'],
  ['half a body', '{"sku":"A","quan'],
  ['no body', ''],
  ['NaN', '{"sku":"A","quantity":NaN}'],
  ['two quantities', '{"sku":"A","quantity":1,"quantity":1}'],
  ['a leading zero', '{"sku":"A","quantity":03}'],
];

const post = (payload: string | Buffer, headers: Record<string, string> = {}) => {
  const anna = shopperOf(shop);
  const type = { 'content-type': 'application/json' };
  return { anna, answer: shop.app.inject({ method: 'POST', url: '/api/cart/lines', headers: { ...anna.headers, ...type, ...headers }, payload }) };
};

describe('a body that is not right', () => {
  it.each(['0', ...QUANTITIES])('is refused by POST with the quantity %s, and the field is named', async (quantity) => {
    const { anna, answer } = post(`{"sku":"A","quantity":${quantity}}`);
    const response = await answer;
    expect(response.statusCode).toBe(400);
    expect(response.headers['content-type']).toMatch('application/problem+json');
    const { code, errors } = response.json();
    expect([code, errors[0].field]).toEqual(['invalid-request', 'quantity']);
    expect(await anna.rows()).toEqual({});
  });

  it.each(QUANTITIES)('is refused by PUT with the quantity %s, and the line stays', async (quantity) => {
    const anna = shopperOf(shop);
    await anna.add('A', 7);
    const headers = { ...anna.headers, 'content-type': 'application/json' };
    const response = await shop.app.inject({ method: 'PUT', url: '/api/cart/lines/A', headers, payload: `{"quantity":${quantity}}` });
    expect([response.statusCode, response.json().code]).toEqual([400, 'invalid-request']);
    expect(await anna.rows()).toEqual({ A: 7 });
  });

  it.each(BODIES)('is refused when it holds %s', async (_what, payload) => {
    const { anna, answer } = post(payload);
    const response = await answer;
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({ code: 'invalid-request' });
    expect(await anna.rows()).toEqual({});
  });

  it('brings no quantity past the limits by naming it twice', async () => {
    for (const quantities of ['"quantity":1,"quantity":100', '"quantity":100,"quantity":-1', '"quantity":1,"quantity":"3"']) {
      const { anna, answer } = post(`{"sku":"A",${quantities}}`);
      expect([quantities, (await answer).statusCode]).toEqual([quantities, 400]);
      expect(await anna.rows()).toEqual({});
    }
  });

  it('is refused when it is not UTF-8, not JSON by its type, or too large', async () => {
    expect((await post(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])).answer).statusCode).toBe(400);
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/json, text/plain', 'application/jsonx']) {
      expect([type, (await post('{"sku":"A","quantity":1}', { 'content-type': type }).answer).statusCode]).toEqual([type, 415]);
    }
    expect((await post(`{"sku":"A","quantity":1,"x":"${'x'.repeat(70_000)}"}`).answer).statusCode).toBe(413);
  });

  it('is refused in the path, too', async () => {
    const { headers } = shopperOf(shop);
    for (const sku of ['a%20b', 'A'.repeat(41), '%00', "';--", 'A%0a']) {
      const response = await shop.app.inject({ method: 'PUT', url: `/api/cart/lines/${sku}`, headers, payload: { quantity: 1 } });
      expect([sku, response.statusCode]).toEqual([sku, 400]);
    }
  });
});
