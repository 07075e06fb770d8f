import type { Result } from './run.ts';
import { describeStep, type Schedule } from './schedule.ts';

export const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
export const replay = (seed: string) => `npm run faults -- --seed ${seed} --schedules 1`;

export function sumOf(results: readonly Result[], count: (result: Result) => number): number {
  return results.reduce((sum, result) => sum + count(result), 0);
}

/** One schedule for who watches. */
export function describe({ seed, behindProxies, faults, drive, pendingMs, ms, violations }: Result): string {
  const { checkouts, ok, fail, info } = drive;
  const lines = [
    `${seed}${behindProxies ? ' (proxies)' : ''}: ${faults.join(', ')}`,
    `  ${checkouts} checkouts: ${ok} ok, ${fail} refused, ${info} unknown; at rest after ${seconds(pendingMs)}; ${seconds(ms)} in all; ${violations.length} violations`,
    ...violations.slice(0, 10).map(({ invariant, what }) => `  ${invariant}: ${what}`),
  ];
  if (violations.length > 0) lines.push(`  again: ${replay(seed)}`);
  return lines.join('\n');
}

/** A schedule that could not be carried out to its end. */
export function describeFailure({ seed, steps }: Schedule, error: unknown): string {
  const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `${seed}: ${steps.map(describeStep).join(', ')}\n  did not end: ${why}\n  again: ${replay(seed)}`;
}

export function summary(results: readonly Result[], broken: number): string {
  const [checkouts, ok, fail, info] = (['checkouts', 'ok', 'fail', 'info'] as const).map((name) => sumOf(results, ({ drive }) => drive[name]));
  return [
    `${results.length} schedules, ${broken} that did not end.`,
    `${checkouts} checkouts: ${ok} ok, ${fail} refused, ${info} unknown.`,
    `At rest after ${seconds(Math.max(0, ...results.map(({ pendingMs }) => pendingMs)))} at the longest.`,
    `${sumOf(results, ({ violations }) => violations.length)} violations in ${results.filter(({ violations }) => violations.length > 0).length} schedules.`,
  ].join('\n');
}
