import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { countStatements } from '@emall/runtime/testing';
import { type OpenCatalog, openCatalog } from '../testing.ts';

let catalog: OpenCatalog;

beforeAll(async () => {
  catalog = await openCatalog();
  await catalog.sell(
    { key: 'mug', name: 'Blue Café Mug', category: ['Home', 'Kitchen'], description: 'For mornings.', picture: 'mug', popularity: 9, details: [{ name: 'Material', value: 'Stoneware' }], variants: [
      { sku: 'MUG-S', options: { colour: 'Blue', size: 'S' }, price: 900, was: 1200, stock: 3 },
      { sku: 'MUG-L', options: { colour: 'Blue', size: 'L' }, price: 1100, stock: 500 },
    ] },
    { key: 'pan', name: 'Iron Pan', category: ['Home', 'Kitchen'], popularity: 5, variants: [{ sku: 'PAN', price: 4500, stock: 0 }] },
    { key: 'lamp', name: 'Desk Lamp', category: ['Home', 'Lighting'], popularity: 7, variants: [{ sku: 'LAMP', options: { colour: 'Red' }, price: 3000 }] },
    { key: 'ball', name: 'Red Ball', category: ['Toys'], popularity: 7, variants: [{ sku: 'BALL', options: { colour: 'Red' }, price: 500 }] },
    { key: 'loose', name: 'Odd Sock' },
  );
});
afterAll(() => catalog.close());

const names = (body: { items: { name: string }[] }) => body.items.map(({ name }) => name);

describe('GET /api/catalog/products', () => {
  it('lists the whole shop, best sellers first', async () => {
    const response = await catalog.get('/api/catalog/products');
    expect(response.statusCode).toBe(200);
    expect(names(response.json())).toEqual(['Blue Café Mug', 'Red Ball', 'Desk Lamp', 'Iron Pan', 'Odd Sock']);
    expect(response.json().items[0]).toEqual({
      slug: 'blue-cafe-mug',
      name: 'Blue Café Mug',
      picture: { name: 'mug', alt: 'Blue Café Mug', recolour: null },
      category: 'kitchen',
      tint: expect.any(Number),
      price: { amount: 900, currency: 'GBP' },
      priceVaries: true,
      was: { amount: 1200, currency: 'GBP' },
      available: true,
      variants: 2,
    });
    expect(response.json().items[3].available).toBe(false);
  });

  it('lists a category with all below it, its size and what it can be filtered by', async () => {
    const body = (await catalog.get('/api/catalog/products?category=home')).json();
    expect(names(body)).toEqual(['Blue Café Mug', 'Desk Lamp', 'Iron Pan']);
    expect(body).toMatchObject({ total: 3, totalIsExact: true, nextCursor: null });
    expect(body.facets).toEqual([
      { name: 'colour', values: [{ value: 'Blue', count: 1 }, { value: 'Red', count: 1 }] },
      { name: 'size', values: [{ value: 'L', count: 1 }, { value: 'S', count: 1 }] },
    ]);
  });

  it.each([
    ['newest', ['Odd Sock', 'Red Ball', 'Desk Lamp', 'Iron Pan', 'Blue Café Mug']],
    ['price-asc', ['Red Ball', 'Blue Café Mug', 'Odd Sock', 'Desk Lamp', 'Iron Pan']],
    ['price-desc', ['Iron Pan', 'Desk Lamp', 'Odd Sock', 'Blue Café Mug', 'Red Ball']],
    ['name', ['Blue Café Mug', 'Desk Lamp', 'Iron Pan', 'Odd Sock', 'Red Ball']],
  ])('sorts by %s', async (sort, expected) => {
    expect(names((await catalog.get(`/api/catalog/products?sort=${sort}`)).json())).toEqual(expected);
  });

  it.each([
    ['colour=Red', ['Red Ball', 'Desk Lamp']],
    ['colour=Red&category=home', ['Desk Lamp']],
    ['colour=Red&colour=Blue', ['Blue Café Mug', 'Red Ball', 'Desk Lamp']],
    ['colour=Blue&size=S', ['Blue Café Mug']],
    ['colour=Red&size=S', []],
    ['min=900&max=3000', ['Blue Café Mug', 'Desk Lamp', 'Odd Sock']],
    ['in_stock=true&category=kitchen', ['Blue Café Mug']],
    ['q=red', ['Red Ball', 'Desk Lamp']],
    ['q=lamps', ['Desk Lamp']],
    ['q=cafe', ['Blue Café Mug']],
    ['q=MUG-L', ['Blue Café Mug']],
    ['q=mornings', ['Blue Café Mug']],
    ['q=red&colour=Red&category=toys&sort=price-asc', ['Red Ball']],
    ['q=the', []],
    ['q=zzxxqq', []],
    ['q=%25%25%25', []],
    ['q=', ['Blue Café Mug', 'Red Ball', 'Desk Lamp', 'Iron Pan', 'Odd Sock']],
    ['utm_source=x', ['Blue Café Mug', 'Red Ball', 'Desk Lamp', 'Iron Pan', 'Odd Sock']],
  ])('filters by %s', async (query, expected) => {
    const body = (await catalog.get(`/api/catalog/products?${query}`)).json();
    expect(names(body)).toEqual(expected);
    expect(body).toMatchObject({ total: expected.length, totalIsExact: true });
  });

  it.each([['q=lmap', 'Desk Lamp', 'lamp'], ['q=kitchne+mug', 'Blue Café Mug', 'kitchen mug'], ['q=desc+lamp', 'Desk Lamp', 'desk lamp'], ['q=bal', 'Red Ball', 'ball']])(
    'understands the slip in %s', async (query, found, corrected) => {
      const body = (await catalog.get(`/api/catalog/products?${query}`)).json();
      expect(names(body)[0]).toBe(found);
      expect(body.corrected).toBe(corrected);
    });

  it('counts the other values of an option that is filtered by', async () => {
    const body = (await catalog.get('/api/catalog/products?colour=Red')).json();
    expect(body.facets).toEqual([{ name: 'colour', values: [{ value: 'Red', count: 2 }, { value: 'Blue', count: 1 }] }]);
  });

  it('costs one statement, two with words or filters, and none when it was asked a moment ago', async () => {
    const count = async (url: string) => (await countStatements(catalog.app, () => catalog.get(url))).statements;
    await catalog.get('/api/catalog/categories');
    expect(await count('/api/catalog/products?category=home&limit=7')).toBe(1);
    expect(await count('/api/catalog/products?q=lamp&limit=7')).toBe(2);
    expect(await count('/api/catalog/products?colour=Red&limit=7')).toBe(2);
    expect(await count('/api/catalog/products?q=lamp&limit=7')).toBe(0);
    const { nextCursor } = (await catalog.get('/api/catalog/products?limit=2')).json();
    expect(await count(`/api/catalog/products?limit=2&cursor=${nextCursor}`)).toBe(1);
  });

  it('may be kept by shared caches, and is not sent twice to one who has it', async () => {
    const first = await catalog.get('/api/catalog/products?category=toys');
    expect(first.headers['cache-control']).toContain('public');
    expect(first.headers['cache-control']).toMatch(/s-maxage=\d+/);
    expect(first.headers['set-cookie']).toBeUndefined();
    const again = await catalog.get('/api/catalog/products?category=toys', { 'if-none-match': String(first.headers.etag) });
    expect(again.statusCode).toBe(304);
    expect(again.body).toBe('');
  });

  it('has no such category', async () => {
    const response = await catalog.get('/api/catalog/products?category=nowhere');
    expect(response.statusCode).toBe(404);
    expect(response.headers['content-type']).toContain('application/problem+json');
  });

  it.each([
    ['limit=0', 'limit'], ['limit=101', 'limit'], ['limit=1e9', 'limit'], ['limit=2.5', 'limit'], ['limit=x', 'limit'], ['limit=', 'limit'],
    ['sort=price', 'sort'], ['sort=featured&sort=name', 'sort'], ['min=-1', 'min'], ['max=1e400', 'max'], ['min=NaN', 'min'], ['min=999999999999', 'min'],
    ['category=Home%20%26', 'category'], [`q=${'x'.repeat(10_000)}`, 'q'], [`colour=${'x'.repeat(61)}`, 'colour.0'], ['in_stock=maybe', 'in_stock'],
    ['cursor=x', 'cursor'], ['cursor=', 'cursor'], [`cursor=${'A'.repeat(401)}`, 'cursor'],
  ])('refuses a bad query (case %#)', async (query, field) => {
    const response = await catalog.get(`/api/catalog/products?${query}`);
    expect(response.statusCode).toBe(400);
    expect(response.json().errors[0].field).toBe(field);
  });

  it.each(['q=%ff%fe', 'q=a%00b', 'category=%c3%28', '%ff=x'])('refuses %s, which is not text', async (query) => {
    expect((await catalog.get(`/api/catalog/products?${query}`)).statusCode).toBe(400);
  });

  it.each(['.*', '(((((', '[a-z]+$', "'; drop table product; --", "lamp' | 'mug", 'lamp & !mug', '\\', "'", ':*', '<->', 'a:A', '💡 lamp', 'ﬁne', '‮pmal', 'İstanbul', 'x'.repeat(200), 'a '.repeat(99)])(
    'takes %j for words', async (q) => {
      const response = await catalog.get(`/api/catalog/products?q=${encodeURIComponent(q)}`);
      expect(response.statusCode).toBe(200);
    });
});

describe('GET /api/catalog/products/{slug}', () => {
  it('tells all of a product in one statement', async () => {
    await catalog.get('/api/catalog/categories');
    const { response, statements } = await countStatements(catalog.app, () => catalog.get('/api/catalog/products/blue-cafe-mug'));
    expect(statements).toBe(1);
    expect(response.json()).toEqual({
      slug: 'blue-cafe-mug',
      name: 'Blue Café Mug',
      description: 'For mornings.',
      details: [{ name: 'Material', value: 'Stoneware' }],
      category: { slug: 'kitchen', name: 'Kitchen' },
      trail: [{ slug: 'home', name: 'Home' }, { slug: 'kitchen', name: 'Kitchen' }],
      tint: expect.any(Number),
      pictures: [{ name: 'mug', alt: 'Blue Café Mug' }],
      variants: [
        { sku: 'MUG-S', options: { colour: 'Blue', size: 'S' }, picture: { name: 'mug', alt: 'Blue Café Mug', recolour: null }, price: { amount: 900, currency: 'GBP' }, was: { amount: 1200, currency: 'GBP' }, available: 3 },
        { sku: 'MUG-L', options: { colour: 'Blue', size: 'L' }, picture: { name: 'mug', alt: 'Blue Café Mug', recolour: null }, price: { amount: 1100, currency: 'GBP' }, was: null, available: 99 },
      ],
    });
  });

  it('has no such product', async () => {
    for (const slug of ['nothing', 'nothing-at-all', 'x'.repeat(100)]) {
      expect((await catalog.get(`/api/catalog/products/${slug}`)).statusCode).toBe(404);
    }
  });

  it.each(['UPPER', 'a%20b', '..%2f..%2fetc', 'a--b', '%ff', 'x'.repeat(101)])('refuses %s', async (slug) => {
    expect((await catalog.get(`/api/catalog/products/${slug}`)).statusCode).toBe(400);
  });
});
