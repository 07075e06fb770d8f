import { describe, expect, it } from '@jest/globals';
import { apiQuery, hrefOf, isNarrowed, readListingQuery, widened } from './query.ts';

describe('the query of a listing', () => {
  it('keeps what is known and ignores the rest', () => {
    const query = readListingQuery({ q: ' red   mug ', sort: 'newest', colour: ['Red', 'Blue'], utm_source: 'mail', min: '5', in_stock: 'true' });
    expect(hrefOf('/search', query)).toBe('/search?q=red+mug&sort=newest&min=5&colour=Red&colour=Blue&in_stock=true');
  });

  it.each([{ sort: 'constructor' }, { min: '-5' }, { max: '1e9' }, { min: 'abc' }])('ignores %j', (given) => {
    expect(hrefOf('/search', readListingQuery(given))).toBe('/search');
  });

  it('asks the catalogue in pence', () => {
    expect(apiQuery(readListingQuery({ min: '5', max: '12.5' }), 'mugs')).toMatchObject({ category: 'mugs', min: 500, max: 1250, in_stock: false });
  });

  it('starts at the first page when something else is asked for', () => {
    const query = readListingQuery({ q: 'mug', cursor: 'abc' });
    expect(hrefOf('/search', query)).toBe('/search?q=mug');
    expect(hrefOf('/search', query, { cursor: 'def' })).toBe('/search?q=mug&cursor=def');
  });

  it('knows whether a filter hides something, and how to take it away', () => {
    const query = readListingQuery({ q: 'mug', size: 'M' });
    expect(isNarrowed(query)).toBe(true);
    expect(isNarrowed(widened(query))).toBe(false);
    expect(widened(query).q).toBe('mug');
  });

  it('cuts what is too long instead of failing', () => {
    const query = readListingQuery({ q: 'x'.repeat(10_000), colour: Array.from({ length: 90 }, (_, index) => `c${index}`) });
    expect(query.q).toHaveLength(100);
    expect(query.chosen.colour).toHaveLength(20);
  });
});
