import { describe, expect, it } from '@jest/globals';
import { addedWait, unforgivable, unserved } from './figures.ts';
import type { Call } from './history/call.ts';
import type { Span } from './named.ts';

/** An order that took a tenth of a second, from `start` on. */
function call(start: number, status: number, more: Partial<Call> = {}): Call {
  const outcome = status >= 200 && status < 300 ? 'ok' : status >= 400 && status < 500 ? 'fail' : 'info';
  return { shopper: 'ada', canary: 'canary', kind: 'order', phase: 'rush', via: 'edge', start, end: start + 100, outcome, status, key: 'k', ...(status === 503 && { retryAfter: 1 }), ...(status === 201 && more.kind === undefined && { order: 'an order' }), ...more };
}

describe('a call that failed', () => {
  it.each([
    ['was served by a repeat', [call(0, 503), call(1000, 201)]],
    ['was answered for good by a later repeat', [call(0, 503), call(1000, 503), call(2000, 409)]],
    ['was repeated by somebody who then hung up', [call(0, 503), call(1000, 0, { abandoned: true })]],
    ['was hung up on', [call(0, 0, { abandoned: true })]],
    ['was an add that was made again, by somebody new, with another key', [call(0, 503, { kind: 'add', sku: 'cup' }), call(1000, 201, { kind: 'add', sku: 'cup', key: 'other' })]],
    ['was a look, which nobody repeats', [call(0, 503, { kind: 'read' }), call(1000, 503, { kind: 'read' })]],
  ])('is excused when it %s', (_what, calls) => {
    expect(unserved(calls, calls)).toEqual([]);
  });

  it.each([
    ['was never answered', [call(0, 0), call(1000, 201)]],
    ['is a fault of the shop', [call(0, 500), call(1000, 201)]],
    ['was never repeated', [call(0, 503)]],
    ['was repeated under another key alone', [call(0, 503), call(1000, 201, { key: 'other' })]],
    ['was an add of which another thing was served', [call(0, 503, { kind: 'add', sku: 'cup' }), call(1000, 201, { kind: 'add', sku: 'pot' })]],
    ['was served to another shopper alone', [call(0, 503), call(1000, 201, { shopper: 'bob' })]],
    ['had been repeated before', [call(0, 201), call(1000, 503)]],
  ])('is told when it %s', (_what, calls) => {
    expect(unserved(calls, calls)).toEqual([expect.stringMatching(/ (order|add): (0|500|503) {2}after 100 ms$/)]);
  });

  it('is told when it does not say when to come again, though a repeat was served', () => {
    const { retryAfter: _, ...silent } = call(0, 503);
    expect(unserved([silent], [silent, call(1000, 201)])).toHaveLength(1);
  });

  it('is told until its shopper gave up', () => {
    const calls = [call(0, 503), call(1000, 503), call(2000, 503, { kind: 'list' })];
    expect(unserved(calls, calls)).toHaveLength(2);
  });
});

describe('failures where there should be none', () => {
  const served = (times: number) => Array.from({ length: times }, (_, which) => [call(0, 503, { key: `${which}` }), call(1000, 201, { key: `${which}` })]).flat();
  const plain = Array.from({ length: 196 }, () => call(5000, 201, { shopper: 'bob' }));

  it('may be one in a hundred, as long as a repeat is served', () => {
    expect(unforgivable([...served(2), ...plain], served(2))).toEqual([]);
  });

  it('are all told when there are more', () => {
    expect(unforgivable([...served(3), ...plain], served(3))).toHaveLength(3);
  });

  it('are told when one of them was never answered', () => {
    expect(unforgivable([call(0, 0), ...plain], [])).toHaveLength(1);
  });
});

describe('what a fault adds to a wait', () => {
  const span: Span = { name: 'a fault', from: 10_000, back: 20_000, to: 20_000, next: Infinity, evidence: 'seen' };

  it('is told from what was usual just before, and until when calls were slow', () => {
    const calls = [call(0, 503, { end: 5000 }), call(9000, 201), call(9900, 201, { end: 13_000 }), call(12_000, 201, { end: 15_100 }), call(15_000, 201), call(21_000, 201, { end: 29_000 })];
    expect(addedWait(calls, span, 2000)).toEqual({ p99Ms: 3000, untilMs: 2000 });
  });

  it('is nothing when calls take as long as before', () => {
    expect(addedWait([call(9000, 201), call(12_000, 201)], span, 2000)).toEqual({ p99Ms: 0, untilMs: 0 });
  });
});
