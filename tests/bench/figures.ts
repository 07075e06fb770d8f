import type { CpuTimes } from './cpu/meter.ts';
import type { Round } from './side.ts';
import { median, percentile, spread } from './stats.ts';

/** What rounds of one operation say. Times of one operation, in milliseconds. */
export interface Figures {
  operations: number;
  /** CPU of all that is counted: the middle of the rounds. */
  cpuMs: number;
  /** Of each round. */
  rounds: number[];
  /** How far the rounds lie apart, as a share of their middle. */
  noise: number;
  /** CPU by kind of process: the replicas of a service together. */
  parts: Record<string, number>;
  perSecond: number;
  p50: number;
  p95: number;
  p99: number;
  failures: number;
  examples: string[];
  /** Share of answers by layer, as `X-Cache` says. */
  layers: Record<string, number>;
  generatorMs: number;
}

/** @param counts whether the CPU of a process is part of the figure */
export function toFigures(rounds: readonly Round[], counts: (kind: string) => boolean): Figures {
  const parts = rounds.map(({ cpu, done }) => byKind(cpu, done));
  const sums = parts.map((each) => Object.entries(each).reduce((sum, [kind, ms]) => sum + (counts(kind) ? ms : 0), 0));
  const latencies = rounds.flatMap((round) => round.latencies);
  const kinds = [...new Set(parts.flatMap((each) => Object.keys(each)))];
  return {
    operations: total(rounds, ({ done }) => done),
    cpuMs: median(sums),
    rounds: sums,
    noise: spread(sums),
    parts: Object.fromEntries(kinds.map((kind) => [kind, median(parts.map((each) => each[kind] ?? 0))])),
    perSecond: median(rounds.map(({ done, seconds }) => done / seconds)),
    p50: percentile(latencies, 0.5),
    p95: percentile(latencies, 0.95),
    p99: percentile(latencies, 0.99),
    failures: total(rounds, ({ failures }) => failures.count),
    examples: rounds.flatMap(({ failures }) => failures.examples).slice(0, 3),
    layers: shares(rounds.map(({ layers }) => layers)),
    generatorMs: median(rounds.map(({ generatorMs, done }) => generatorMs / done)),
  };
}

/** `catalog-1` and `catalog-2` are catalog. */
export function kindOf(process: string): string {
  return process.replace(/-\d+$/, '');
}

function byKind(cpu: CpuTimes, operations: number): Record<string, number> {
  const kinds: Record<string, number> = {};
  for (const [name, ms] of Object.entries(cpu)) kinds[kindOf(name)] = (kinds[kindOf(name)] ?? 0) + ms / operations;
  return kinds;
}

function shares(counts: readonly Record<string, number>[]): Record<string, number> {
  const all: Record<string, number> = {};
  for (const each of counts) for (const [layer, count] of Object.entries(each)) all[layer] = (all[layer] ?? 0) + count;
  const sum = Object.values(all).reduce((one, other) => one + other, 0);
  return Object.fromEntries(Object.entries(all).map(([layer, count]) => [layer, count / sum]));
}

function total(rounds: readonly Round[], of: (round: Round) => number): number {
  return rounds.reduce((sum, round) => sum + of(round), 0);
}
