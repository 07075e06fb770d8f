import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { parseIdentityKeys, signIdentity, verifyIdentity } from './identity.ts';

const gateway = randomBytes(32);
const order = randomBytes(32);
const keys = parseIdentityKeys(`gateway:${gateway.toString('hex')},order:${order.toString('hex')}`);
const MINUTE = 60_000;
const now = Date.parse('2026-01-15T12:00:00Z');
const signed = signIdentity({ shopper: 'shopper-1', caller: 'gateway', key: gateway, now });

describe('an identity', () => {
  it('is accepted from a caller whose key is known', () => {
    expect(verifyIdentity(signed, keys, now)).toEqual({ shopper: 'shopper-1', caller: 'gateway' });
  });

  it('is valid 30 min, with 15 min of tolerance for clocks', () => {
    expect(verifyIdentity(signed, keys, now + 45 * MINUTE)).toBeDefined();
    expect(verifyIdentity(signed, keys, now + 46 * MINUTE)).toBeUndefined();
    expect(verifyIdentity(signed, keys, now - 15 * MINUTE)).toBeDefined();
    expect(verifyIdentity(signed, keys, now - 16 * MINUTE)).toBeUndefined();
  });

  it.each([
    ['another shopper', signed.replace('shopper-1', 'shopper-2')],
    ['another caller', signed.replace('.gateway.', '.order.')],
    ['a caller nobody knows', signIdentity({ shopper: 's', caller: 'stranger', key: gateway, now })],
    ['another key', signIdentity({ shopper: 'shopper-1', caller: 'gateway', key: order, now })],
    ['a later issue time', signed.replace(/\.\d+\./, `.${now / 1000 + 60}.`)],
    ['a cut signature', signed.slice(0, -1)],
    ['nothing', ''],
    ['a bare id', '42'],
  ])('is refused with %s', (_what, header) => {
    expect(verifyIdentity(header, keys, now)).toBeUndefined();
  });
});
