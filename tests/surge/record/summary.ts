import type { Crowd } from '../crowd.ts';
import { type Phase, spanOf } from '../plan/schedule.ts';
import { countOf, goodput, normalAgainAfter, normalP99, percentile, perSecond } from './statistics.ts';
import type { Transaction } from './tally.ts';

/** What a run was, in figures. Times in milliseconds unless they say otherwise. */
export interface Summary {
  visits: number;
  offered: number;
  outcomes: Record<'good' | 'late' | 'shed' | 'failed', number>;
  stale: number;
  cached: number;
  transactions: Record<Transaction['outcome'], number> & { begun: number; admittedAndLost: number; whys: Record<string, number> };
  /** Good answers a second while the surge is held. */
  goodput: number;
  offeredInSurge: number;
  latency: { normalP99: number; normalWorstP99: number; surgeP50: number; surgeP99: number };
  refusalP99: number;
  failureP99: number;
  /** Since the surge ended; undefined: not within the run. */
  normalAgainAfterS: number | undefined;
  latenessP99: number;
  bots: { good: number; shed: number; failed: number };
}

export function summarise({ tally, bots, timetable, visits }: Crowd, phases: readonly Phase[]): Summary {
  const { seconds, transactions } = tally;
  const [normal, surge, back] = [spanOf(phases, 'normal'), spanOf(phases, 'surge'), spanOf(phases, 'back')];
  const all = (of: typeof seconds, count: Parameters<typeof perSecond>[3]) => of.reduce((sum, second) => sum + count(second), 0);
  const outcomes = (of: typeof seconds) => (outcome: 'good' | 'late' | 'shed' | 'failed') => all(of, (second) => countOf(second, outcome));
  const people = outcomes(seconds);
  const machines = outcomes(bots.seconds);
  const latencies = (span: { from: number; to: number }) => seconds.slice(span.from, span.to).flatMap((second) => second.latencies);
  const worst = normalP99(seconds, normal.from, normal.to);
  const ended = (outcome: Transaction['outcome']) => transactions.filter((each) => each.outcome === outcome);
  return {
    visits,
    offered: all(seconds, ({ offered }) => offered),
    outcomes: { good: people('good'), late: people('late'), shed: people('shed'), failed: people('failed') },
    stale: all(seconds, ({ stale }) => stale),
    cached: all(seconds, ({ cached }) => cached),
    transactions: {
      begun: transactions.length + tally.underWay,
      ordered: ended('ordered').length,
      refused: ended('refused').length,
      // Who is still at it when the run is over has waited for longer than thirty seconds.
      lost: ended('lost').length + tally.underWay,
      admittedAndLost: ended('lost').filter(({ admitted }) => admitted).length + tally.underWay,
      whys: countBy([...ended('refused'), ...ended('lost')].map(({ outcome, why = '' }) => `${outcome}: ${why}`)),
    },
    goodput: goodput(seconds, surge.from, surge.to),
    offeredInSurge: perSecond(seconds, surge.from, surge.to, ({ offered }) => offered),
    latency: {
      normalP99: percentile(latencies(normal), 0.99),
      normalWorstP99: worst,
      surgeP50: percentile(latencies(surge), 0.5),
      surgeP99: percentile(latencies(surge), 0.99),
    },
    refusalP99: percentile(seconds.flatMap(({ refusals }) => refusals), 0.99),
    failureP99: percentile(seconds.flatMap(({ failures }) => failures), 0.99),
    normalAgainAfterS: normalAgainAfter(seconds, { ...back, normal: worst }),
    latenessP99: timetable.latenessMs(99),
    bots: { good: machines('good'), shed: machines('shed'), failed: machines('failed') },
  };
}

function countBy(words: readonly string[]): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(words, (word) => word)].map(([word, list]) => [word, list.length]));
}
