import { describe, expect, it } from '@jest/globals';
import { unconnectedApp } from '../openapi.ts';
import { newKey, orderBody } from '../testing/shop.ts';
import { checkDelivery, holdsCardNumber, tidyAddress } from './delivery.ts';

const address = { name: 'Ada Lovelace', line1: '12 St James’s Square', city: 'London', postcode: 'SW1Y 4JH', country: 'GB' };
const app = await unconnectedApp();

/** A body that passes gets as far as the question who is asking. */
async function passes(email: string, over: object = {}): Promise<boolean> {
  const body = orderBody({ email, address: { ...address, ...over } });
  const { statusCode } = await app.inject({ method: 'POST', url: '/api/orders', headers: { 'idempotency-key': newKey() }, body });
  return statusCode === 401;
}

describe('an address', () => {
  it('is taken from all over the world we send to', async () => {
    for (const over of [{ name: 'Siân Ó Briain' }, { name: '李小龍' }, { line1: 'Apt #4, 1/2 Rue d’Alsace' }, { line2: '3rd floor' }, { country: 'IE', postcode: 'D02 X285' }]) {
      expect(await passes('ada@example.com', over)).toBe(true);
      expect(() => checkDelivery({ ...address, ...over })).not.toThrow();
    }
  });

  it('is refused when empty, too long, of several lines, or for a country we do not send to', async () => {
    const bad = [{ name: '' }, { name: '   ' }, { name: 'x'.repeat(101) }, { line1: 'a\nb' }, { city: 'a\u0007' }, { city: 'a\u2028b' }, { city: '\ud800' }, { country: 'XX' }, { country: 'gb' }, { postcode: 'SW1Y<4JH>' }];
    for (const over of bad) expect([over, await passes('ada@example.com', over)]).toEqual([over, false]);
  });

  it('has a UK postcode in the UK, however it is typed', () => {
    for (const postcode of ['sw1y4jh', 'SW1Y 4JH', ' m1 1ae ', 'EC1A 1BB', 'W1A 0AX']) expect(() => checkDelivery({ ...address, postcode })).not.toThrow();
    for (const postcode of ['12345', 'SW1Y', 'ABC 1DE']) expect(() => checkDelivery({ ...address, postcode })).toThrow('address.postcode is not a UK postcode');
    expect(() => checkDelivery({ ...address, country: 'DE', postcode: '10115' })).not.toThrow();
  });

  it('is kept tidy', () => {
    expect(tidyAddress({ ...address, name: '  Ada   Lovelace ', postcode: 'sw1y4jh' })).toMatchObject({ name: 'Ada Lovelace', postcode: 'SW1Y 4JH' });
  });
});

describe('an e-mail address', () => {
  it('is taken when mail could reach it', async () => {
    for (const email of ['ada@example.com', "o'brien+shop@mail.example.co.uk", 'ünïcode@exämple.de']) expect([email, await passes(email)]).toEqual([email, true]);
  });

  it('is refused when it could not, or would break a mail header', async () => {
    const bad = ['', 'ada', '@example.com', 'ada@', 'ada@localhost', 'a b@example.com', 'ada@example.com\r\nBcc: x@y.zz', '<ada@example.com>', 'a@b@c.de', `${'a'.repeat(65)}@example.com`, `a@${'b'.repeat(250)}.com`];
    for (const email of bad) expect([email, await passes(email)]).toEqual([email, false]);
  });
});

describe('a card number', () => {
  it('is recognised in any writing, in any field', () => {
    for (const text of ['4242424242424242', 'Flat 4242 4242 4242 4242', '3782-822463-10005', 'x 4000.0000.0000.0002 y', '４２４２４２４２４２４２４２４２', '12 4242424242424242']) {
      expect([text, holdsCardNumber(text)]).toEqual([text, true]);
      expect(() => checkDelivery({ ...address, line2: text })).toThrow('address.line2 looks like a card number');
    }
    expect(() => checkDelivery({ ...address, email: '4242424242424242@example.com' })).toThrow('email looks like a card number');
  });

  it('is not seen in numbers that are none', () => {
    for (const text of ['12 High Street', '+44 20 7946 0958', '4242424242424241', 'Unit 0000000000000', '2026-11-22 16:01']) expect([text, holdsCardNumber(text)]).toEqual([text, false]);
  });
});
