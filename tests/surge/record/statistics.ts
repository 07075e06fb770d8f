import type { Second } from './tally.ts';
import { type Outcome, type Worth, WORTHS } from './outcome.ts';

/** The smallest value that `share` of all are not above; 0 of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

export function countOf({ outcomes }: Second, outcome: Outcome, worths: readonly Worth[] = WORTHS): number {
  return worths.reduce((sum, worth) => sum + outcomes[outcome][worth], 0);
}

/** Good answers a second, from one second to before another. */
export function goodput(seconds: readonly Second[], from: number, to: number): number {
  return perSecond(seconds, from, to, (second) => countOf(second, 'good'));
}

export function perSecond(seconds: readonly Second[], from: number, to: number, count: (second: Second) => number): number {
  const part = seconds.slice(from, to);
  return part.reduce((sum, second) => sum + count(second), 0) / Math.max(1, part.length);
}

/** Too few for a 99th percentile of each second: three of them are one. */
const WINDOW_S = 3;
/** The shop's first answers after its start are no measure of normal. */
const WARM_S = 4;

/** The 99th percentile of the three seconds that begin there, in milliseconds; endless when nobody was answered or somebody was turned away. */
export function windowP99(seconds: readonly Second[], from: number): number {
  const part = seconds.slice(from, from + WINDOW_S);
  const calls = part.flatMap(({ latencies }) => latencies);
  const wrong = part.some((second) => countOf(second, 'shed') + countOf(second, 'failed') > 0);
  return calls.length === 0 || wrong ? Infinity : percentile(calls, 0.99);
}

/** What is normal: the worst three seconds of quiet traffic. */
export function normalP99(seconds: readonly Second[], from: number, to: number): number {
  const starts = range(from + WARM_S, to - WINDOW_S);
  return Math.max(...starts.map((start) => windowP99(seconds, start)).filter(Number.isFinite), 0);
}

/** After how many seconds since `from` three seconds were as in normal times; undefined when they never were. */
export function normalAgainAfter(seconds: readonly Second[], { from, to, normal }: { from: number; to: number; normal: number }): number | undefined {
  const again = range(from, to - WINDOW_S).find((start) => windowP99(seconds, start) <= normal);
  return again === undefined ? undefined : again - from;
}

/** Both ends included. */
function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}
