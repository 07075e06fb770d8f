import type { Growth } from '../growth.ts';
import type { Measured } from '../measure.ts';
import type { Sample } from '../soak.ts';
import { percentile } from '../stats.ts';
import type { Verdict } from '../verdict.ts';

/** A table of texts; the first row is its head. */
export type Table = string[][];

/** Three figures that count: 0.0231, 1.46, 34.7. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value >= 1 ? value.toFixed(2) : value >= 0.1 ? value.toFixed(3) : value.toFixed(4);
}

export function verdictTable(verdicts: readonly Verdict[]): Table {
  return [['what', 'found', 'budget', ''], ...verdicts.map(({ what, found, budget, unit, met }) => [what, `${short(found)} ${unit}`, `≤ ${budget} ${unit}`, met ? 'met' : '**missed**'])];
}

export function costTable(measured: readonly Measured[]): Table {
  const head = ['operation', 'CPU', 'limit', '× limit', 'noise', 'a second', 'p50', 'p95', 'p99', 'refused'];
  return [
    head,
    ...measured.map(({ row, ours, limit }) => [
      row.name,
      `${short(ours.cpuMs)} ms`,
      limit && row.limit ? `${short(limit.cpuMs)} ms (${limitNames[row.limit]})` : '',
      limit ? short(ours.cpuMs / limit.cpuMs) : '',
      `±${Math.round((ours.noise / 2) * 100)} %`,
      String(Math.round(ours.perSecond)),
      ...[ours.p50, ours.p95, ours.p99].map((ms) => `${short(ms)} ms`),
      ours.failures === 0 ? '0' : `${((100 * ours.failures) / ours.operations).toFixed(1)} %`,
    ]),
  ];
}

export const limitNames = {
  'nginx-file': 'nginx, the same bytes from a file',
  'nginx-proxy': 'nginx, one plain hop',
  route: 'a bare Fastify route',
  'http-proxy': 'a bare @fastify/http-proxy',
  'same-sql': 'the same SQL, bare driver',
  'least-order-sql': 'the least SQL of an order, bare driver',
  'least-cart-sql': 'the least SQL of a cart line, bare driver',
} as const;

/** In the way of a request. */
export const kinds = ['nginx', 'gateway', 'storefront', 'catalog', 'cart', 'order', 'redis', 'postgres', 'sandbox'] as const;

export function partsTable(measured: readonly Measured[]): Table {
  return [['CPU in ms by process', ...kinds], ...measured.map(({ row, ours }) => [row.name, ...kinds.map((kind) => ((ours.parts[kind] ?? 0) >= 0.005 ? short(ours.parts[kind] ?? 0) : ''))])];
}

export function statementTable(measured: readonly Measured[]): Table {
  const counted = measured.flatMap(({ row, statements }) => (statements ? [[row.name, short(statements.calls), short(statements.flushes)]] : []));
  return [['one operation alone', 'statements', 'flushes of the log'], ...counted];
}

export function layerTable(measured: readonly Measured[]): Table {
  const told = measured.filter(({ ours }) => Object.keys(ours.layers).length > 0);
  const sharesOf = (layers: Record<string, number>) => Object.entries(layers).sort(([, one], [, other]) => other - one).map(([layer, share]) => `${layer} ${(share * 100).toFixed(1)} %`).join(', ');
  return [['operation', 'who answered (`X-Cache`)'], ...told.map(({ row, ours }) => [row.name, sharesOf(ours.layers)])];
}

export function memoryTable(memory: { atRest: Record<string, number>; afterwards: Record<string, number> }): Table {
  return [['replica', 'at rest', 'after all operations'], ...Object.entries(memory.atRest).map(([name, mb]) => [name, `${short(mb)} MB`, `${short(memory.afterwards[name] ?? Number.NaN)} MB`])];
}

export function growthTable(growths: readonly Growth[]): Table {
  const sizes = growths[0]?.points.map(({ products }) => `${products.toLocaleString('en')} products`) ?? [];
  return [['uncached', ...sizes, 'growth'], ...growths.map(({ row, points }) => [row, ...points.map(({ ms }) => `${short(ms)} ms`), `${short((points.at(-1)?.ms ?? 0) / (points[0]?.ms ?? 0))} ×`])];
}

export function soakTable(samples: readonly Sample[]): Table {
  const names = Object.keys(samples[0]?.memory ?? {});
  const of = (name: string) => samples.map(({ memory }) => memory[name] ?? Number.NaN);
  return [['replica', 'least', 'middle', 'most'], ...names.map((name) => [name].concat([0, 0.5, 1].map((share) => `${short(percentile(of(name), share))} MB`)))];
}

/** For a terminal. */
export function inColumns(table: Table): string {
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((cells) => cells[column]?.length ?? 0)));
  return table.map((cells) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()).join('\n');
}
