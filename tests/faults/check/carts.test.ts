import { describe, expect, it } from '@jest/globals';
import type { Call, Outcome } from '../history/call.ts';
import type { OrderRow, Snapshot } from '../history/rows.ts';
import { cartsAreSafe } from './carts.ts';
import { factsOf } from './facts.ts';

const EMPTY: Snapshot = { at: 0, claims: 0, reserves: 0, stock: [], reservations: [], orders: [], payments: [], refunds: [], events: [], keys: [], carts: [], adds: [], jobs: [] };
const SHOPPER = { shopper: 'ada', canary: 'canaryada', phase: 'rush', via: 'edge' } as const;

let now = 0;
function call(kind: Call['kind'], outcome: Outcome, more: Partial<Call> = {}): Call {
  now += 10;
  return { ...SHOPPER, kind, outcome, status: 0, start: now, end: now + 5, ...more };
}
const add = (quantity: number, outcome: Outcome = 'ok', more: Partial<Call> = {}) => call('add', outcome, { sku: 'CUP', quantity, key: `add ${now}`, ...more });

/** Whether so many may be in the cart at rest after these calls. @param orders of so many, with their states */
function may(there: number, calls: Call[], orders: { quantity: number; state: string; line1?: string }[] = []): boolean {
  const first = calls[0]?.key ?? '';
  const after: Snapshot = {
    ...EMPTY,
    adds: [{ buyer: 'b', key: first, sku: 'CUP', quantity: 1 }],
    carts: there === 0 ? [] : [{ buyer: 'b', lines: [{ sku: 'CUP', quantity: there }] }],
    orders: orders.map(({ quantity, state, line1 = '' }) => ({ buyer: 'b', state, line1, lines: [{ sku: 'CUP', quantity, price: 1 }] }) as unknown as OrderRow),
  };
  const ledger = { sessions: [], charges: [], refunds: [], events: [], calls: [] };
  return cartsAreSafe(factsOf({ calls, before: EMPTY, after, ledger, callsBefore: [], samples: [], mails: [], prefix: 'w' })).length === 0;
}

/** Every count up to five that may be. */
const allowed = (calls: Call[], orders?: Parameters<typeof may>[2]) => [0, 1, 2, 3, 4, 5].filter((there) => may(there, calls, orders));
const orderTo = (line1: string) => call('order', 'ok', { ask: { line1 } as NonNullable<Call['ask']>, key: line1 });

describe('what may be in a cart at rest', () => {
  it('is what was added', () => {
    expect(allowed([add(1), add(2)])).toEqual([3]);
  });

  it('counts adds with one key once', () => {
    expect(allowed([add(2, 'info', { key: 'k' }), add(2, 'ok', { key: 'k' })])).toEqual([2]);
  });

  it('is with or without an add that nobody got an answer to', () => {
    expect(allowed([add(1), add(2, 'info')])).toEqual([1, 2, 3]);
  });

  it('is without an add that was refused', () => {
    expect(allowed([add(1), add(2, 'fail')])).toEqual([1]);
  });

  it('is without what a stranger added whose answer was lost', () => {
    expect(allowed([add(1), add(2, 'info', { unknown: true })])).toEqual([1]);
  });

  it('is only what came after the line was taken out, or the cart emptied', () => {
    expect(allowed([add(3), call('set', 'ok', { sku: 'CUP', quantity: 0 }), add(1)])).toEqual([1]);
    expect(allowed([add(3), call('empty', 'ok'), add(2)])).toEqual([2]);
    expect(allowed([add(3), call('set', 'ok', { sku: 'POT', quantity: 0 })])).toEqual([3]);
  });

  it('may be less when nobody knows whether the cart was emptied, and never more', () => {
    expect(allowed([add(3), call('empty', 'info')])).toEqual([0, 1, 2, 3]);
  });

  it('may be less when a call that was given up emptied the cart after all that followed', () => {
    expect(allowed([add(3), call('empty', 'info'), call('empty', 'ok'), add(2)])).toEqual([0, 1, 2]);
  });

  it('is without what was sold', () => {
    expect(allowed([add(3), orderTo('1 Row'), add(2)], [{ quantity: 3, state: 'paid', line1: '1 Row' }])).toEqual([2]);
  });

  it('may be with or without what was ordered and cancelled', () => {
    expect(allowed([add(3), orderTo('1 Row')], [{ quantity: 3, state: 'cancelled', line1: '1 Row' }])).toEqual([0, 1, 2, 3]);
  });

  it('never lets more be sold than was put in', () => {
    expect(allowed([add(2), orderTo('1 Row')], [{ quantity: 2, state: 'paid', line1: '1 Row' }, { quantity: 2, state: 'accepted' }])).toEqual([]);
  });
});
