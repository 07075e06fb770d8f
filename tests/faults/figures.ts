import type { Call } from './history/call.ts';
import type { Span } from './named.ts';

/** Calls that were under way in a span. */
export const during = (calls: readonly Call[], { from, to }: Pick<Span, 'from' | 'to'>) => calls.filter(({ start, end }) => start < to && end > from);

/** From the beginning of a fault until that of the next: what it has broken may take a while to be whole. */
export const untilNext = (calls: readonly Call[], { from, next }: Span) => during(calls, { from, to: next });

/** What found a 5xx or no answer, though its client waited for one. */
export const failed = (calls: readonly Call[]) => calls.filter(({ abandoned, status }) => abandoned === undefined && (status === 0 || status >= 500));

export const orders = (calls: readonly Call[]) => calls.filter(({ kind }) => kind === 'order');

export const placed = (calls: readonly Call[]) => orders(calls).filter(({ outcome }) => outcome === 'ok');

/** Orders that began after the fault was over and were placed. */
export const placedAfter = (calls: readonly Call[], { to }: Span) => placed(calls).filter(({ start }) => start >= to).length;

/** For how long orders failed: from the first that began to the last that ended so. */
export function errorWindow(calls: readonly Call[]): number {
  const those = failed(orders(calls));
  return those.length === 0 ? 0 : Math.max(...those.map(({ end }) => end)) - Math.min(...those.map(({ start }) => start));
}

/** For how long orders still failed after a moment. */
export const lastedAfter = (calls: readonly Call[], moment: number) => Math.max(0, ...failed(orders(calls)).map(({ end }) => end - moment));

export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

export const waits = (calls: readonly Call[]) => calls.map(({ start, end }) => end - start);

/** What a shopper at the door was told to be the shop's fault, or was not told at all. */
export const failuresAtTheDoor = (calls: readonly Call[]) => failed(calls)
  .filter(({ via }) => via === 'edge')
  .map(({ kind, status, code = '', start, end }) => `${new Date(start).toISOString()} ${kind}: ${status} ${code} after ${end - start} ms`);

/**
 * Failures where there should be none. On a busy machine one call in a hundred may be refused as not possible now
 * (503); whoever repeats it is served, or an invariant is broken. Nothing else is ever allowed.
 */
export function unforgivable(calls: readonly Call[]): string[] {
  const all = failed(calls).filter(({ via }) => via === 'edge');
  const refused = all.filter(({ status }) => status === 503);
  const others = all.filter(({ status }) => status !== 503);
  return failuresAtTheDoor(refused.length > Math.max(1, calls.length / 100) ? all : others);
}

/** A bar that is a time: told beside what was seen, since a busy machine is no fault of the shop. */
export function tell(row: string, bar: string, seen: string): void {
  process.stdout.write(`    ${row}: ${seen} (bar: ${bar})\n`);
}
