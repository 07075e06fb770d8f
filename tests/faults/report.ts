import type { Result } from './run.ts';
import { describeStep, type Schedule } from './schedule.ts';

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
const replay = (seed: string) => `npm run faults -- --seed ${seed} --schedules 1`;

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
  const count = (of: (result: Result) => number) => results.reduce((sum, result) => sum + of(result), 0);
  return [
    `${results.length} schedules, ${broken} that did not end.`,
    `${count(({ drive }) => drive.checkouts)} checkouts: ${count(({ drive }) => drive.ok)} ok, ${count(({ drive }) => drive.fail)} refused, ${count(({ drive }) => drive.info)} unknown.`,
    `At rest after ${seconds(Math.max(0, ...results.map(({ pendingMs }) => pendingMs)))} at the longest.`,
    `${count(({ violations }) => violations.length)} violations in ${results.filter(({ violations }) => violations.length > 0).length} schedules.`,
  ].join('\n');
}
