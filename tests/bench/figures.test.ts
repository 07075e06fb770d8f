import { describe, expect, it } from '@jest/globals';
import { toFigures } from './figures.ts';
import { growthOf, verdictsOfGrowth } from './growth.ts';
import type { Measured } from './measure.ts';
import { readOptions } from './options.ts';
import { rows } from './rows.ts';
import type { Result } from './run.ts';
import type { Round } from './side.ts';
import { misspelt } from './shop/catalogue.ts';
import { verdictsOfSoak } from './soak.ts';
import { verdictsOf, verdictsOfMemory } from './verdict.ts';

const round = (cpu: Record<string, number>, more: Partial<Round> = {}): Round => ({
  done: 100,
  seconds: 2,
  latencies: Array.from({ length: 100 }, (_, i) => i + 1),
  failures: { count: 0, examples: [] },
  layers: {},
  generatorMs: 5,
  cpu,
  ...more,
});

describe('figures of rounds', () => {
  it('are the CPU of one operation over all processes: the middle of the rounds', () => {
    const figures = toFigures([round({ 'catalog-1': 60, 'catalog-2': 40, nginx: 10 }), round({ 'catalog-1': 500, 'catalog-2': 400, nginx: 100 }), round({ 'catalog-1': 70, 'catalog-2': 50, nginx: 10 })], () => true);
    expect(figures.rounds.map((ms) => ms.toFixed(2))).toEqual(['1.10', '10.00', '1.30']);
    expect(figures.cpuMs).toBeCloseTo(1.3);
    expect(figures.parts['catalog']).toBeCloseTo(1.2);
    expect(figures.noise).toBeCloseTo(8.9 / 1.3);
    expect([figures.perSecond, figures.p50, figures.p99]).toEqual([50, 50, 99]);
  });

  it('leave out whose machine it is not, and still tell what that took', () => {
    const figures = toFigures([round({ 'order-1': 300, sandbox: 100 })], (kind) => kind !== 'sandbox');
    expect(figures.cpuMs).toBeCloseTo(3);
    expect(figures.parts['sandbox']).toBeCloseTo(1);
  });

  it('tell which layer answered how often', () => {
    const figures = toFigures([round({}, { layers: { edge: 90, memory: 10 } }), round({}, { layers: { edge: 100 } })], () => true);
    expect(figures.layers).toEqual({ edge: 0.95, memory: 0.05 });
  });
});

const measured = (name: string, cpuMs: number, more: Partial<Measured> = {}): Measured => {
  const row = rows.find((each) => each.name === name);
  if (!row) throw new Error(`no row ${name}`);
  return { row, ours: { ...toFigures([round({})], () => true), cpuMs, operations: 1000 }, ...more };
};

describe('a budget', () => {
  it('is met up to its very figure', () => {
    expect(verdictsOf(measured('product, new to every cache', 2)).map(({ met }) => met)).toEqual([true]);
    expect(verdictsOf(measured('product, new to every cache', 2.01)).map(({ met }) => met)).toEqual([false]);
  });

  it('as a multiple is held against the limit of the same run', () => {
    const limit = { ...measured('cached page (product)', 0.02).ours };
    expect(verdictsOf(measured('cached page (product)', 0.025, { limit }))[0]).toMatchObject({ unit: '×', found: 1.25, met: true });
    expect(verdictsOf(measured('cached page (product)', 0.027, { limit }))[0]).toMatchObject({ met: false });
  });

  it('is not met by refusing', () => {
    const refusing = measured('product, new to every cache', 0.5);
    refusing.ours.failures = 11;
    expect(verdictsOf(refusing)[0]?.met).toBe(false);
  });

  it('counts statements and flushes as well', () => {
    const statements = { calls: 12.02, flushes: 1.9, texts: [] };
    expect(verdictsOf(measured('order on delivery, the call alone', 4, { statements })).map(({ unit, met }) => [unit, met])).toEqual([['ms', true], ['statements', false], ['flushes', true]]);
  });

  it('of memory is each replica\'s', () => {
    expect(verdictsOfMemory({ 'cart-1': 79.9, 'cart-2': 80.1 }, ['cart-1', 'cart-2']).map(({ met }) => met)).toEqual([true, false]);
  });
});

describe('growth', () => {
  const result = (products: number, ms: number): Result => ({ products, measured: [measured('product, uncached', ms), measured('product, new to every cache', 1)] }) as Partial<Result> as Result;

  it('is from the smallest to the largest catalogue, of uncached answers', () => {
    const growths = growthOf([result(1_000_000, 3.1), result(1000, 1.5), result(100_000, 2)]);
    expect(growths.map(({ row, points }) => [row, points.map(({ products }) => products)])).toEqual([['product, uncached', [1000, 100_000, 1_000_000]]]);
    expect(verdictsOfGrowth(growths)[0]).toMatchObject({ budget: 2, met: false });
    expect(verdictsOfGrowth(growthOf([result(1000, 1.5), result(1_000_000, 3)]))[0]?.met).toBe(true);
  });

  it('needs two sizes', () => expect(growthOf([result(1000, 1)])).toEqual([]));
});

describe('a soak', () => {
  const samples = (memory: (i: number) => number) => Array.from({ length: 120 }, (_, i) => ({ seconds: i * 5, memory: { 'cart-1': memory(i) } }));

  it('is flat when what fills at first stays full', () => expect(verdictsOfSoak(samples((i) => Math.min(60, 40 + i)))[0]?.met).toBe(true));
  it('is not flat when it grows by a tenth from beginning to end', () => expect(verdictsOfSoak(samples((i) => 60 + (i / 120) * 12))[0]?.met).toBe(false));
});

describe('options', () => {
  it('have sizes of the catalogue and minutes of the soak', () => expect(readOptions(['--products', '1000,100000', '--soak', '10m'])).toMatchObject({ products: [1000, 100_000], soakMinutes: 10, report: false }));
  it.each([['--products', 'many'], ['--products', '0'], ['--seconds', '1.5'], ['--loud']])('refuse %s %s', (...args) => expect(() => readOptions(args.filter(Boolean))).toThrow());
});

describe('a slip of the finger', () => {
  it('changes the places of two letters, or leaves one out', () => {
    const letters = (word: string) => [...word].sort().join('');
    const swapped = misspelt('ceramic', 0);
    expect(swapped).not.toBe('ceramic');
    expect(letters(swapped)).toBe(letters('ceramic'));
    expect(misspelt('ceramic', 1)).toHaveLength('ceramic'.length - 1);
  });
});
