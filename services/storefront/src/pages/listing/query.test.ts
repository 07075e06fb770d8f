import { describe, expect, it } from '@jest/globals';
import { apiQuery, hrefOf, isNarrowed, readListingQuery, widened } from './query.ts';

describe('the query of a listing', () => {
  it('keeps what is known and ignores the rest', () => {
    const query = readListingQuery({ q: ' red   mug ', sort: 'newest', colour: ['Red', 'Blue'], utm_source: 'mail', min: '5', in_stock: 'true' });
    expect(hrefOf('/search', query)).toBe('/search?q=red+mug&sort=newest&min=5&colour=Red&colour=Blue&in_stock=true');
  });

  it.each([{ sort: 'constructor' }, { colour: '' }, { utm_source: 'mail' }])('ignores %j', (given) => {
    const query = readListingQuery(given);
    expect(hrefOf('/search', query)).toBe('/search');
    expect(isNarrowed(query)).toBe(false);
  });

  it.each([{ min: '-5' }, { max: '1e9' }, { min: 'abc' }, { max: '1,5' }, { min: '10 to 20' }])('keeps the price of %j as it was typed, and does not ask for it', (given) => {
    const query = readListingQuery(given);
    expect(query.wrong).toEqual(given);
    expect(apiQuery(query)).toEqual({ in_stock: false, limit: 24 });
    expect(hrefOf('/search', query)).toBe('/search');
    expect(isNarrowed(query)).toBe(true);
    expect(widened(query).wrong).toEqual({});
  });

  it.each(['£1250', '1,250', '£ 1,250.00', '1250'])('understands %s as a price', (min) => {
    const query = readListingQuery({ min });
    expect(query.wrong).toEqual({});
    expect(apiQuery(query)).toMatchObject({ min: 125_000 });
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
