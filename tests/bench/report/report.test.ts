import { describe, expect, it } from '@jest/globals';
import { bars, lines } from './chart.ts';
import { toHtml } from './html.ts';
import { markdownTable, toMarkdown } from './markdown.ts';
import { inColumns, short, verdictTable } from './tables.ts';

describe('a figure', () => {
  it.each([[0.02314, '0.0231'], [0.5, '0.500'], [1.456, '1.46'], [34.66, '34.7'], [1234.5, '1235'], [Number.NaN, '–']])('%d is told as %s', (value, text) => expect(short(value)).toBe(text));
});

const verdicts = verdictTable([
  { what: 'a product', found: 1.75, budget: 2, unit: 'ms', met: true },
  { what: 'a | page', found: 1.31, budget: 1.3, unit: '×', met: false },
]);

describe('the table of budgets', () => {
  it('tells what was found, what was wanted, and whether it was met', () => {
    expect(verdicts.slice(1)).toEqual([['a product', '1.75 ms', '≤ 2 ms', 'met'], ['a | page', '1.31 ×', '≤ 1.3 ×', '**missed**']]);
  });

  it('stands in columns on a terminal', () => {
    const [head = '', ...others] = inColumns(verdicts).split('\n');
    expect(others.map((line) => line.indexOf('≤'))).toEqual([head.indexOf('budget'), head.indexOf('budget')]);
  });

  it('keeps its columns in Markdown whatever the words', () => {
    const lines = markdownTable(verdicts).split('\n');
    expect(lines.map((line) => line.replaceAll('\\|', '').split('|').length)).toEqual([6, 6, 6, 6]);
  });

  it('is marked in the page', () => expect(toHtml([{ title: 'Budgets', table: verdicts }])).toContain('<td class="missed">missed</td>'));
});

describe('a chart', () => {
  const chart = bars('<CPU>', 'ms', [{ label: 'a & b', parts: [{ name: 'nginx', value: 1 }, { name: 'catalog', value: 3 }], mark: 8 }]);

  it('is drawn to scale, with the budget', () => {
    const widths = [...chart.matchAll(/<rect x="[\d.]+" y="\d+" width="([\d.]+)" height="16"/g)].map(([, width]) => Number(width));
    expect(widths).toHaveLength(2);
    expect((widths[1] ?? 0) / (widths[0] ?? 1)).toBeCloseTo(3, 1);
    const [, from = 0] = (/<rect x="([\d.]+)"[^>]*height="16"/.exec(chart) ?? []).map(Number);
    const [, mark = 0] = (/<line x1="([\d.]+)"/.exec(chart) ?? []).map(Number);
    expect((mark - from) / (widths[0] ?? 1)).toBeCloseTo(8, 1);
  });

  it('holds no text that would be markup', () => {
    expect(chart).not.toContain('<CPU>');
    expect(chart).toContain('a &#38; b');
  });

  it('has a line for each name, of all its points', () => {
    const svg = lines('growth', { x: 'products', y: 'ms', logarithmic: true }, [{ name: 'product', points: [{ x: 1000, y: 1 }, { x: 100_000, y: 2 }, { x: 1_000_000, y: 2 }] }]);
    const [, text = ''] = /points="([^"]*)"/.exec(svg) ?? [];
    const xs = text.split(' ').map((point) => Number(point.split(',')[0]));
    // A logarithmic axis: from 1,000 to 100,000 is two thirds of the way.
    expect(((xs[1] ?? 0) - (xs[0] ?? 0)) / ((xs[2] ?? 0) - (xs[0] ?? 0))).toBeCloseTo(2 / 3, 2);
  });

  it('lies beside the committed report, which shows it', () => {
    const { text, charts } = toMarkdown([{ title: 'One' }, { title: 'Two', chart, words: 'Words.' }]);
    expect([...charts.keys()]).toEqual(['bench-1.svg']);
    expect(text).toContain('## Two\n\nWords.\n\n![Two](bench-1.svg)');
  });
});
