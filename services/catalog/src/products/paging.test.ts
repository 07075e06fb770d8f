import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type OpenCatalog, openCatalog } from '../testing.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { orders } from './sort.ts';

let catalog: OpenCatalog;

/** Hardly any two differ in what they are sorted by: what a page boundary has to survive. */
const MANY = 180;

beforeAll(async () => {
  catalog = await openCatalog();
  await catalog.sell(
    ...Array.from({ length: MANY }, (_, i) => ({
      key: `T${i}`,
      name: `Tin ${['Box', 'Pot', 'box'][i % 3]}`,
      category: i % 2 ? ['Home', 'Tins'] : ['Home', 'Boxes', 'Metal'],
      popularity: i % 4,
      variants: [{ sku: `T${i}`, price: 100 + (i % 5), options: { colour: i % 6 ? 'Red' : 'Blue' } }],
    })),
  );
});
afterAll(() => catalog.close());

async function walk(query: string): Promise<string[][]> {
  const pages: string[][] = [];
  for (let cursor = ''; pages.length < 100; ) {
    const response = await catalog.get(`/api/catalog/products?${query}${cursor && `&cursor=${cursor}`}`);
    expect(response.statusCode).toBe(200);
    const { items, nextCursor } = response.json();
    pages.push(items.map(({ slug }: { slug: string }) => slug));
    if (nextCursor === null) break;
    cursor = nextCursor;
  }
  return pages;
}

describe('paging through products', () => {
  it.each(
    ['', 'category=home', 'q=tin', 'q=tin&category=home', 'q=tni', 'colour=Red&colour=Blue', 'q=tin&colour=Red&colour=Blue'].flatMap((filter) =>
      ['featured', 'newest', 'price-asc', 'price-desc', 'name'].map((sort) => `${filter}&sort=${sort}`),
    ),
  )('reaches each product once with %s', async (query) => {
    const pages = await walk(`${query}&limit=29`);
    const all = pages.flat();
    expect(all).toHaveLength(MANY);
    expect(new Set(all).size).toBe(MANY);
    expect(pages.slice(0, -1).every(({ length }) => length === 29)).toBe(true);
    const [whole] = await walk(`${query}&limit=100`);
    expect(all.slice(0, 100)).toEqual(whole);
  });

  it('ends without a cursor when the last page is full', async () => {
    expect((await walk('category=tins&limit=45')).map(({ length }) => length)).toEqual([45, 45]);
  });

  it('refuses a cursor of another list, and one that was changed', async () => {
    const { nextCursor } = (await catalog.get('/api/catalog/products?sort=name&limit=5')).json();
    const cut = Math.floor(nextCursor.length / 2);
    const changed = `${nextCursor.slice(0, cut)}${nextCursor[cut] === 'A' ? 'B' : 'A'}${nextCursor.slice(cut + 1)}`;
    for (const query of [`sort=newest&cursor=${nextCursor}`, `sort=name&q=tin&cursor=${nextCursor}`, `sort=name&category=home&cursor=${nextCursor}`, `sort=name&cursor=${changed}`]) {
      const response = await catalog.get(`/api/catalog/products?${query}`);
      expect(response.statusCode).toBe(400);
      expect(response.json().errors).toEqual([{ field: 'cursor', reason: 'does not belong to this list' }]);
    }
  });
});

describe('a cursor that somebody made up', () => {
  // The digest is public: whoever reads this code can make one that passes it.
  const forged = (key: string, id: string, listOf: string) => encodeCursor({ key, id }, listOf);

  it.each([
    ['an int that is too large', '99999999999', '5', orders.featured],
    ['no number', 'x', '5', orders.featured],
    ['NUL', 'a\0b', '5', orders.name],
    ['an id that is too large', '1', '9'.repeat(19), orders.newest],
  ])('is refused with %s before it reaches the database', (_what, key, id, order) => {
    expect(() => decodeCursor(forged(key, id, 'list'), 'list', order)).toThrow(expect.objectContaining({ status: 400 }));
  });
});

describe('a cursor', () => {
  it('brings back the place it was made of', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }).map((text) => text.toWellFormed().replaceAll(/[\0\uFFFD]/g, '')), fc.bigInt({ min: 0n, max: 10n ** 17n }), fc.string(), (key, id, list) => {
        const position = { key, id: String(id) };
        expect(decodeCursor(encodeCursor(position, list), list, orders.name)).toEqual(position);
      }),
    );
  });

  it('is refused, never misread, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => decodeCursor(text, 'list', orders.featured)).toThrow(expect.objectContaining({ status: 400 }));
      }),
    );
  });
});
