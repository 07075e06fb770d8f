import { describe, expect, it } from '@jest/globals';
import { Tally } from '../record/tally.ts';
import { chart, niceTop } from './chart.ts';
import { bandsOf, pageOf, perSecondOf } from './page.ts';

describe('a chart', () => {
  it('has a scale that is easy to read', () => {
    expect([0.7, 1, 1.2, 3, 7, 12, 230, 501, 900].map(niceTop)).toEqual([0.8, 1, 2, 3, 8, 20, 300, 600, 1000]);
  });

  it('leaves a gap where nothing was seen', () => {
    const [, d = ''] = /class="line good" d="([^"]*)"/.exec(chart({ title: 't', unit: 'ms', bands: [], series: [{ name: 'a', tone: 'good', values: [1, 2, undefined, 4, 5] }] })) ?? [];
    expect(d.replace(/[\d. ]+/g, ' ')).toBe('M L M L ');
  });
});

describe('the page', () => {
  it('stands alone, and shows words as words', () => {
    const tally = new Tally(0);
    tally.at(12_000);
    const page = pageOf({ title: '<b>&', facts: ['a "fact"'], findings: [{ promise: 'p', bar: '0', seen: '<i>', kept: false }], crowd: { tally, bots: new Tally(0) }, phases: [] });
    expect(page).not.toMatch(/<b>|<i>|<script|src=|href=|https?:/);
    expect(page.match(/<svg/g)?.length).toBe(7);
    expect(page).toContain('broken');
  });

  it('counts moments by their second, the last ones in the last', () => {
    expect(perSecondOf([0, 999, 1000, 2500, 9000], 3)).toEqual([2, 1, 2]);
    expect(bandsOf([{ name: 'normal', seconds: 3, from: 1, to: 1 }, { name: 'ramp', seconds: 2, from: 1, to: 1 }])).toEqual([{ name: 'normal', from: 0, to: 3 }, { name: 'ramp', from: 3, to: 5 }]);
  });
});
