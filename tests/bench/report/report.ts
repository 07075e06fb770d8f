import { cpus, totalmem } from 'node:os';
import { tell } from '../cores.ts';
import { type Growth, growthOf, verdictsOfGrowth } from '../growth.ts';
import type { Result } from '../run.ts';
import { type Sample, verdictsOfSoak } from '../soak.ts';
import { median } from '../stats.ts';
import type { Verdict } from '../verdict.ts';
import { bars, lines } from './chart.ts';
import { costTable, growthTable, kinds, layerTable, memoryTable, partsTable, short, soakTable, statementTable, type Table, verdictTable } from './tables.ts';

/** All that one run has found. */
export interface Findings {
  results: Result[];
  soak: Sample[];
  /** How long it was measured, and what else the machine did. */
  setting: { seconds: number; rounds: number; command: string; loadBefore: number };
}

/** A part of the report: words, a chart, a table, each if there is one. */
export interface Part {
  title: string;
  words?: string;
  chart?: string;
  table?: Table;
}

export function verdictsIn({ results, soak }: Findings): Verdict[] {
  const last = results.at(-1);
  return [...(last?.verdicts ?? []), ...verdictsOfGrowth(growthOf(results)), ...(soak.length > 0 ? verdictsOfSoak(soak) : [])];
}

export function partsOf(findings: Findings): Part[] {
  const { results, soak } = findings;
  const result = results.at(-1);
  if (!result) return [];
  const { measured, resting, memory } = result;
  const growths = growthOf(results);
  const verdicts = verdictsIn(findings);
  const missed = verdicts.filter(({ met }) => !met).length;
  return [
    { title: 'Machine and noise', words: wordsOf(findings, result) },
    { title: 'Budgets', words: missed === 0 ? 'All are met.' : `${missed} of ${verdicts.length} are missed.`, table: verdictTable(verdicts) },
    { title: 'CPU of one operation', chart: costChart(result), table: costTable(measured) },
    { title: 'Where it goes', words: 'The sandbox stands for the payment provider\'s machine and is in no figure.', table: partsTable(measured) },
    { title: 'Statements', words: 'One operation after another, so that none shares a flush with its neighbour. BEGIN and COMMIT are not statements here.', table: statementTable(measured) },
    { title: 'Who answered', table: layerTable(measured) },
    { title: 'Memory', words: `Anonymous memory. A shop that nobody visits takes ${short(Object.values(resting).reduce((sum, ms) => sum + ms, 0))} ms CPU a second in all.`, table: memoryTable(memory) },
    ...(growths.length > 0 ? [{ title: 'Growth with the catalogue', chart: growthChart(growths), table: growthTable(growths) }] : []),
    ...(soak.length > 0 ? [{ title: 'Soak', chart: soakChart(soak), table: soakTable(soak) }] : []),
  ];
}

function wordsOf({ setting }: Findings, { at, products, cores, measured }: Result): string {
  const [cpu] = cpus();
  const noise = median(measured.map(({ ours }) => ours.noise / 2));
  return [
    `${at.slice(0, 16).replace('T', ' ')} UTC, \`${setting.command}\`: ${cpus().length} × ${cpu?.model.trim() ?? 'a processor'}, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform}, Node ${process.version}; ${tell(cores)}. ${products.toLocaleString('en')} products.`,
    `CPU time is what the operating system charges to every process of the shop and its children; the load generator is not in it. Each figure is the middle of ${setting.rounds} rounds of about ${setting.seconds} s, each next to a round of its limit.`,
    `Noise: rounds of the same row lay ±${Math.round(noise * 100)} % apart in the middle; the machine's load was ${setting.loadBefore.toFixed(1)} before the run${setting.loadBefore > 0.5 ? ', so others worked on it too and figures are too high rather than too low' : ''}.`,
  ].join('\n\n');
}

function costChart({ measured }: Result): string {
  return bars('CPU of one operation by process; the stroke is its budget', 'ms', measured.map(({ row, ours }) => ({
    label: row.name.length > 52 ? `${row.name.slice(0, 51)}…` : row.name,
    parts: kinds.filter((kind) => (row.of === undefined ? kind !== 'sandbox' : kind === row.of)).map((kind) => ({ name: kind, value: ours.parts[kind] ?? 0 })),
    mark: row.budget?.ms,
  })));
}

function growthChart(growths: readonly Growth[]): string {
  return lines('CPU of one uncached operation', { x: 'products', y: 'ms', logarithmic: true }, growths.map(({ row, points }) => ({ name: row.replace(', uncached', ''), points: points.map(({ products, ms }) => ({ x: products, y: ms })) })));
}

function soakChart(samples: readonly Sample[]): string {
  const names = Object.keys(samples[0]?.memory ?? {});
  return lines('Anonymous memory while people shop', { x: 'seconds', y: 'MB' }, names.map((name) => ({ name, points: samples.map(({ seconds, memory }) => ({ x: seconds, y: memory[name] ?? 0 })) })));
}
