import type { Result } from './run.ts';
import type { Verdict } from './verdict.ts';

/** How much dearer an uncached answer may be with the largest catalogue than with the smallest. */
const MOST = 2;

export interface Growth {
  row: string;
  /** CPU of one operation in ms, by number of products. */
  points: { products: number; ms: number }[];
}

/** Of the rows that were measured in every size. */
export function growthOf(results: readonly Result[]): Growth[] {
  const [first, ...others] = [...results].sort((one, other) => one.products - other.products);
  if (!first || others.length === 0) return [];
  const all = [first, ...others];
  const of = ({ measured }: Result, name: string) => measured.find(({ row }) => row.name === name)?.ours.cpuMs;
  return first.measured
    .filter(({ row }) => row.posture === 'edge-cache,cache')
    .map(({ row }) => ({ row: row.name, points: all.flatMap((result) => pointOf(result.products, of(result, row.name))) }))
    .filter(({ points }) => points.length === all.length);
}

function pointOf(products: number, ms: number | undefined): Growth['points'] {
  return ms === undefined ? [] : [{ products, ms }];
}

export function verdictsOfGrowth(growths: readonly Growth[]): Verdict[] {
  return growths.map(({ row, points }) => {
    const found = (points.at(-1)?.ms ?? Number.NaN) / (points[0]?.ms ?? Number.NaN);
    return { what: `${row}: from ${points[0]?.products} to ${points.at(-1)?.products} products`, found, budget: MOST, unit: '×', met: found <= MOST };
  });
}
