import type { Crowd } from '../crowd.ts';
import type { Phase } from '../plan/schedule.ts';
import { countOf, percentile } from '../record/statistics.ts';
import { bandsOf } from './page.ts';

/** A line for the second before the last: those who were asked in the last may still be answered in it. */
export function progressLine({ tally, wire }: Pick<Crowd, 'tally' | 'wire'>, second: number, phases: readonly Phase[]): string {
  const shown = tally.seconds[second - 2];
  if (shown === undefined) return '';
  const name = bandsOf(phases).find(({ from, to }) => second - 2 >= from && second - 2 < to)?.name ?? 'last visits';
  const { transactions } = tally;
  const completed = transactions.filter(({ outcome }) => outcome !== 'lost').length;
  return [
    `${String(second - 2).padStart(4)} s ${name.padEnd(11)}`,
    `offered ${pad(shown.offered)}`,
    `good ${pad(countOf(shown, 'good'))}`,
    `not now ${pad(countOf(shown, 'shed', ['checkout']), 2)}/${pad(countOf(shown, 'shed', ['cart']), 3)}/${pad(countOf(shown, 'shed', ['browse']))}`,
    `late ${pad(countOf(shown, 'late'), 3)}`,
    `failed ${pad(countOf(shown, 'failed'), 3)}`,
    `stale ${pad(shown.stale, 3)}`,
    `p99 ${pad(Math.round(percentile(shown.latencies, 0.99)), 5)} ms`,
    `checkouts ${pad(completed)} done ${pad(transactions.length - completed, 3)} lost ${pad(tally.underWay, 3)} under way`,
    `conn ${pad(wire.open)} queue ${pad(wire.inFlight)}`,
    `db ${pad(shown.database?.active ?? 0, 2)}/${pad(shown.database?.all ?? 0, 2)}`,
  ].join('  ');
}

function pad(value: number, width = 4): string {
  return String(value).padStart(width);
}
