import type { Measured } from './measure.ts';

/** One thing that is to be reached, and whether it was. */
export interface Verdict {
  what: string;
  found: number;
  budget: number;
  unit: 'ms' | '×' | 'statements' | 'flushes' | 'MB';
  met: boolean;
}

/** More refusals than this, and what was measured is not the operation: none of its budgets is met. */
const MOST_FAILED = 0.01;

export function verdictsOf({ row, ours, limit, statements }: Measured): Verdict[] {
  const { budget = {} } = row;
  const judged = (unit: Verdict['unit'], found: number | undefined, most: number | undefined): Verdict[] =>
    most === undefined || found === undefined ? [] : [{ what: row.name, found, budget: most, unit, met: found <= most && ours.failures <= ours.operations * MOST_FAILED }];
  return [
    ...judged('ms', ours.cpuMs, budget.ms),
    ...judged('×', limit && ours.cpuMs / limit.cpuMs, budget.ratio),
    ...judged('statements', statements && Math.round(statements.calls), budget.statements),
    ...judged('flushes', statements && Math.round(statements.flushes), budget.flushes),
  ];
}

/** What one replica may hold at rest, in MB. */
const MEMORY_MB = 80;

export function verdictsOfMemory(atRest: Readonly<Record<string, number>>, replicas: readonly string[]): Verdict[] {
  return replicas.map((name) => {
    const found = atRest[name] ?? Number.NaN;
    return { what: `${name}, anonymous memory at rest`, found, budget: MEMORY_MB, unit: 'MB', met: found <= MEMORY_MB };
  });
}
