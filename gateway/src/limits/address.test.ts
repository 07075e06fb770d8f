import { describe, expect, it } from '@jest/globals';
import { networkOf } from './address.ts';

describe('the network of an address', () => {
  it('is the address itself in IPv4, also in the clothes of IPv6', () => {
    expect(networkOf('127.0.1.1')).toBe('127.0.1.1');
    expect(networkOf('::ffff:127.0.1.1')).toBe('127.0.1.1');
    expect(networkOf('::FFFF:127.0.1.1')).toBe('127.0.1.1');
  });

  it.each([
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2'],
    ['2001:db8:1:2::', '2001:db8:1:2'],
    ['2001:db8:1:2::1', '2001:db8:1:2'],
    ['2001:DB8:1:2::1', '2001:db8:1:2'],
    ['2001:0db8:0001:0002::1', '2001:db8:1:2'],
    ['2001:db8::2:0:0:0:1', '2001:db8:0:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['::', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
  ])('of %s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
