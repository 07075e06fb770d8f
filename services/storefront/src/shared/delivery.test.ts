import { describe, expect, it } from '@jest/globals';
import { deliveryEstimate } from './delivery.ts';

describe('deliveryEstimate', () => {
  it('counts working days from today before two in London', () => {
    expect(deliveryEstimate('standard', new Date('2026-11-23T13:59:00Z'))).toBe('Wed 25 Nov to Fri 27 Nov');
    expect(deliveryEstimate('express', new Date('2026-11-23T13:59:00Z'))).toBe('Tue 24 Nov');
  });

  it('counts from the next working day after two', () => {
    expect(deliveryEstimate('express', new Date('2026-11-23T14:00:00Z'))).toBe('Wed 25 Nov');
  });

  it('knows summer time', () => {
    expect(deliveryEstimate('express', new Date('2026-07-06T13:30:00Z'))).toBe('Wed 8 Jul');
  });

  it('delivers nothing at a weekend', () => {
    expect(deliveryEstimate('express', new Date('2026-11-20T16:00:00Z'))).toBe('Tue 24 Nov');
    expect(deliveryEstimate('express', new Date('2026-11-21T09:00:00Z'))).toBe('Tue 24 Nov');
  });
});
