import type { Result } from './run.ts';
import type { DriveSummary } from './drive/summary.ts';
import { describeStep, type Schedule } from './schedule.ts';

export const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
export const replay = (seed: string) => `npm run faults -- --seed ${seed} --schedules 1`;

export function sumOf(results: readonly Result[], count: (result: Result) => number): number {
  return results.reduce((sum, result) => sum + count(result), 0);
}

/** Of the rush and of the closing time. */
export function countOf({ drive, closing }: Result, name: keyof DriveSummary): number {
  return drive[name] + closing[name];
}

/** What each schedule met how often, added up. */
export function kindsMet(results: readonly Result[]): [kind: string, times: number][] {
  return Object.keys(results[0]?.kinds ?? {}).map((kind) => [kind, sumOf(results, ({ kinds }) => kinds[kind] ?? 0)]);
}

/** Faults that nothing shows to have been there, and what no shopper did or met, although a run should bring all. */
export function neverMet(results: readonly Result[], faults: readonly string[]): string[] {
  const met = new Set(results.flatMap((result) => result.met));
  return [...faults.filter((name) => !met.has(name)), ...kindsMet(results).filter(([, times]) => times === 0).map(([kind]) => kind)];
}

/** One schedule for who watches. */
export function describe(result: Result): string {
  const { seed, behindProxies, faults, pendingMs, ms, violations } = result;
  const [checkouts, ok, fail, info] = (['checkouts', 'ok', 'fail', 'info'] as const).map((name) => countOf(result, name));
  const lines = [
    `${seed}${behindProxies ? ' (proxies)' : ''}: ${faults.join(', ') || 'nothing is broken'}`,
    `  ${checkouts} checkouts: ${ok} ok, ${fail} refused, ${info} unknown; at rest after ${seconds(pendingMs)}; ${seconds(ms)} in all; ${violations.length} violations`,
    ...violations.slice(0, 10).map(({ invariant, what }) => `  ${invariant}: ${what}`),
  ];
  if (violations.length > 0) lines.push(`  again: ${replay(seed)}`);
  return lines.join('\n');
}

/** A schedule that could not be carried out to its end. */
export function describeFailure({ seed, steps }: Schedule, error: unknown): string {
  const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `${seed}: ${steps.map(describeStep).join(', ') || 'nothing is broken'}\n  did not end: ${why}\n  again: ${replay(seed)}`;
}

/** @param missing what the run should have met */
export function summary(results: readonly Result[], broken: number, missing: readonly string[]): string {
  const [checkouts, ok, fail, info] = (['checkouts', 'ok', 'fail', 'info'] as const).map((name) => sumOf(results, (result) => countOf(result, name)));
  return [
    `${results.length} schedules, ${broken} that did not end.`,
    `${checkouts} checkouts: ${ok} ok, ${fail} refused, ${info} unknown.`,
    `At rest after ${seconds(Math.max(0, ...results.map(({ pendingMs }) => pendingMs)))} at the longest.`,
    `Met: ${kindsMet(results).map(([kind, times]) => `${kind} ${times}`).join(', ')}.`,
    ...(missing.length === 0 ? [] : [`Never met: ${missing.join(', ')}.`]),
    `${sumOf(results, ({ violations }) => violations.length)} violations in ${results.filter(({ violations }) => violations.length > 0).length} schedules.`,
  ].join('\n');
}
