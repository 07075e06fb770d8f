import type { Call, Kind } from './history/call.ts';
import type { Span } from './named.ts';

/** Calls that were under way in a span. */
export const during = (calls: readonly Call[], { from, to }: Pick<Span, 'from' | 'to'>) => calls.filter(({ start, end }) => start < to && end > from);

/** From the beginning of a fault until that of the next: what it has broken may take a while to be whole. */
export const untilNext = (calls: readonly Call[], { from, next }: Span) => during(calls, { from, to: next });

/** Those whose client waited for an answer. */
export const waitedFor = (calls: readonly Call[]) => calls.filter(({ abandoned }) => abandoned === undefined);

/** What found a 5xx or no answer, though its client waited for one. */
export const failed = (calls: readonly Call[]) => waitedFor(calls).filter(({ status }) => status === 0 || status >= 500);

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

/** By how much the p99 of the calls that met a fault is above that of those that ended just before it, and until when calls began that took 2 s more. */
export function addedWait(calls: readonly Call[], { from, back }: Span, calmMs: number): { p99Ms: number; untilMs: number } {
  const heard = waitedFor(calls);
  const usual = percentile(waits(heard.filter(({ end }) => end <= from && end > from - calmMs)), 0.99);
  const under = during(heard, { from, to: back });
  const slow = under.filter(({ start, end }) => end - start > usual + 2000);
  return { p99Ms: percentile(waits(under), 0.99) - usual, untilMs: Math.max(0, ...slow.map(({ start }) => start - from)) };
}

/** A gateway that is asked past the door may be away. */
export const atTheDoor = (calls: readonly Call[]) => calls.filter(({ via }) => via === 'edge');

/** For who has to find out what happened. */
const told = (calls: readonly Call[]) => calls.map(({ kind, status, code = '', start, end }) => `${new Date(start).toISOString()} ${kind}: ${status} ${code} after ${end - start} ms`);

/** The same call of the same shopper, made again. Who is nobody to the shop yet adds with another key each time. */
const repeatsOf = (call: Call, all: readonly Call[]) => all.filter(({ shopper, kind, key, sku, order, start }) =>
  shopper === call.shopper && kind === call.kind && (kind === 'order' ? key === call.key : sku === call.sku && order === call.order) && start >= call.end);

/** What shoppers repeat until they know what became of it. Who only looks looks again when there is another reason to. */
const REPEATED = new Set<Kind>(['add', 'set', 'empty', 'quote', 'order', 'cancel']);

/** Until it was known what became of it, or its shopper hung up on a repeat and lost interest. */
const isServedLater = (call: Call, all: readonly Call[]) => {
  const repeats = repeatsOf(call, all);
  return !REPEATED.has(call.kind) || repeats.some(({ outcome }) => outcome !== 'info') || repeats.at(-1)?.abandoned === true;
};

/**
 * What no fault excuses: a call that was never answered, or with anything but "not now" (503 with Retry-After), or with
 * that until its shopper gave up.
 * @param all calls of the run: a repeat may come when the fault is over
 */
export const unserved = (calls: readonly Call[], all: readonly Call[]) => told(failed(calls).filter((call) => call.status !== 503 || call.retryAfter === undefined || !isServedLater(call, all)));

/** Failures where there should be none. On a busy machine one call in a hundred may be served by a repeat alone. */
export function unforgivable(calls: readonly Call[], all: readonly Call[]): string[] {
  const failures = failed(calls);
  return failures.length > Math.max(1, calls.length / 100) ? told(failures) : unserved(calls, all);
}

/** A bar that is a time: told beside what was seen, since a busy machine is no fault of the shop. */
export function tell(row: string, bar: string, seen: string): void {
  process.stdout.write(`    ${row}: ${seen} (bar: ${bar})\n`);
}
