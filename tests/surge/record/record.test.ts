import { describe, expect, it } from '@jest/globals';
import type { Answer } from '../load/browser.ts';
import { outcomeOf, worthOf } from './outcome.ts';
import { goodput, normalAgainAfter, normalP99, percentile, windowP99 } from './statistics.ts';
import { type Second, Tally } from './tally.ts';
import { isValid, judge, percent } from './verdict.ts';
import type { Summary } from './summary.ts';

const answer = (status: number, ms: number, more: Partial<Answer> = {}): Answer => ({ status, ms, retryAfter: undefined, cache: '', location: '', text: '', ...more });

describe('what an answer counts as', () => {
  it('is "not now" only when it says when to come again', () => {
    expect(outcomeOf(answer(503, 5, { retryAfter: 2 }), 'browse')).toBe('shed');
    expect(outcomeOf(answer(429, 5, { retryAfter: 1 }), 'cart')).toBe('shed');
    expect(outcomeOf(answer(409, 5, { retryAfter: 1 }), 'checkout')).toBe('shed');
    expect(outcomeOf(answer(503, 5), 'browse')).toBe('failed');
    expect(outcomeOf(answer(429, 5), 'browse')).toBe('failed');
  });

  it('is failed where nothing came, or a page that is there was not found', () => {
    for (const status of [0, 400, 401, 403, 404, 409, 500, 502, 504]) expect(outcomeOf(answer(status, 5), 'browse')).toBe('failed');
  });

  it('is good in time, late afterwards; what is sold out is a true answer', () => {
    expect(['good', 'good', 'good'].join()).toBe([outcomeOf(answer(200, 2000), 'browse'), outcomeOf(answer(303, 1), 'checkout'), outcomeOf(answer(409, 1), 'cart')].join());
    expect([outcomeOf(answer(200, 2001), 'cart'), outcomeOf(answer(204, 5999), 'checkout'), outcomeOf(answer(204, 6001), 'checkout')]).toEqual(['late', 'good', 'late']);
  });

  it('is worth what its path is worth', () => {
    expect(['/', '/p/cart', '/c/checkout', '/search?q=orders', '/cart', '/cart/lines', '/api/cart', '/checkout', '/orders/1?key=2', '/checkouts'].map(worthOf))
      .toEqual(['browse', 'browse', 'browse', 'browse', 'cart', 'cart', 'cart', 'checkout', 'checkout', 'browse']);
  });
});

describe('the tally', () => {
  it('counts a call as offered when it was meant to be sent, and as answered when it was answered', () => {
    const tally = new Tally(1000);
    tally.offered(1500);
    tally.answered(answer(200, 1800, { cache: 'STALE' }), 'browse', 1500);
    expect(tally.seconds.map(({ offered, outcomes, stale }) => [offered, outcomes.good.browse, stale])).toEqual([[1, 0, 0], [0, 0, 0], [0, 1, 1]]);
    expect(tally.seconds[0]?.latencies).toEqual([1800]);
  });

  it('tells stale answers of the edge from fresh ones, however they are written', () => {
    const tally = new Tally(0);
    for (const cache of ['HIT', 'edge', 'edge-hit', 'edge-stale', 'STALE', 'MISS', '']) tally.answered(answer(200, 1, { cache }), 'browse', 0);
    expect([tally.seconds[0]?.stale, tally.seconds[0]?.cached]).toEqual([2, 3]);
  });
});

/** Seconds that each had calls of these milliseconds; `shed` turns somebody away. */
function secondsOf(list: readonly (readonly number[] | 'shed')[]): Second[] {
  const tally = new Tally(0);
  list.forEach((calls, second) => {
    if (calls === 'shed') tally.answered(answer(503, 1, { retryAfter: 1 }), 'browse', second * 1000);
    else for (const ms of calls) tally.answered(answer(200, ms), 'browse', second * 1000);
    tally.at(second * 1000);
  });
  return tally.seconds;
}

describe('statistics', () => {
  it('have percentiles that somebody has seen', () => {
    const values = Array.from({ length: 200 }, (_, n) => n + 1).toReversed();
    expect([percentile(values, 0.5), percentile(values, 0.99), percentile(values, 1), percentile([7], 0.99), percentile([], 0.99)]).toEqual([100, 198, 200, 7, 0]);
  });

  it('have as goodput only what was good, by the second in which it was answered', () => {
    expect(goodput(secondsOf([[1, 1], 'shed', [1, 1, 1, 1]]), 0, 3)).toBe(2);
  });

  it('call a window normal only when nobody was turned away, or kept waiting', () => {
    expect(windowP99(secondsOf([[10], [20], [30]]), 0)).toBe(30);
    expect(windowP99(secondsOf([[10], 'shed', [30]]), 0)).toBe(Infinity);
    expect(windowP99(secondsOf([[], [], []]), 0)).toBe(Infinity);
  });

  it('know the worst of quiet times, and when it is as quiet again', () => {
    const quiet = Array.from({ length: 10 }, (_, second) => [second === 7 ? 40 : 20]);
    const seconds = secondsOf([...quiet, [900], 'shed', [500], [60], [30], [30], [30], [20]]);
    expect(normalP99(seconds, 0, 10)).toBe(40);
    // From second 14 on: four seconds after the surge, which ended at 10.
    expect(normalAgainAfter(seconds, { from: 10, to: 18, normal: 40 })).toBe(4);
    expect(normalAgainAfter(seconds.slice(0, 15), { from: 10, to: 15, normal: 40 })).toBeUndefined();
  });

  it('do not take the first seconds of a shop for normal', () => {
    expect(normalP99(secondsOf([[5000], [3000], [800], [100], ...Array.from({ length: 8 }, () => [20])]), 0, 12)).toBe(20);
  });
});

const kept: Summary = {
  visits: 0, offered: 0, outcomes: { good: 0, late: 0, shed: 0, failed: 0 }, stale: 0, cached: 0,
  transactions: { begun: 1000, ordered: 900, refused: 99, lost: 1, admittedAndLost: 0, whys: {} },
  goodput: 90, offeredInSurge: 300, latency: { normalP99: 1, normalWorstP99: 1, surgeP50: 1, surgeP99: 1 }, refusalP99: 1, failureP99: 0,
  normalAgainAfterS: 10, latenessP99: 50, bots: { good: 0, shed: 0, failed: 0 },
};
const broken = (summary: Partial<Summary>, more: { peakGoodput?: number; wrongInTheBooks?: string[] } = {}) =>
  judge({ summary: { ...kept, ...summary }, peakGoodput: 100, wrongInTheBooks: [], ...more }).filter((finding) => !finding.kept).map(({ promise }) => promise);

describe('the verdict', () => {
  it('is kept at the bar and broken below it, promise by promise', () => {
    expect(broken({})).toEqual([]);
    expect(broken({ transactions: { ...kept.transactions, admittedAndLost: 1 } })).toEqual(['admitted checkouts that failed']);
    expect(broken({ transactions: { ...kept.transactions, ordered: 899, lost: 2 } })).toEqual(['transactions completed']);
    expect(broken({ goodput: 89.9 })).toEqual(['goodput in the surge, of the peak']);
    expect(broken({ normalAgainAfterS: 11 })).toEqual(['normal p99 after the surge']);
    expect(broken({ normalAgainAfterS: undefined })).toEqual(['normal p99 after the surge']);
    expect(broken({}, { wrongInTheBooks: ['3 of A are sold and 2 were there'] })).toEqual(['units sold twice, orders lost']);
  });

  it('does not call a run good in which nobody checked out', () => {
    expect(broken({ transactions: { begun: 0, ordered: 0, refused: 0, lost: 0, admittedAndLost: 0, whys: {} } })).toContain('transactions completed');
  });

  it('says nothing when the generator was late', () => {
    expect([isValid(kept), isValid({ ...kept, latenessP99: 50.1 })]).toEqual([true, false]);
  });

  it('rounds nothing up', () => {
    expect([percent(0.99899), percent(0.999), percent(1)]).toEqual(['99.89 %', '99.90 %', '100.00 %']);
  });
});
