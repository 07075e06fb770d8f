import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { countStatements } from '@emall/runtime/testing';
import { type OpenCatalog, openCatalog } from '../testing.ts';

let catalog: OpenCatalog;

beforeAll(async () => {
  catalog = await openCatalog();
  await catalog.sell(
    { key: 'a', name: 'Studio Headphones', category: ['Audio', 'Headphones'], popularity: 5 },
    { key: 'b', name: 'Travel Headphones', category: ['Audio', 'Headphones'], popularity: 9 },
    { key: 'c', name: 'Head Torch', category: ['Camping'], popularity: 1 },
    { key: 'd', name: 'Desk Lamp', category: ['Lighting'] },
  );
  await catalog.get('/api/catalog/categories');
});
afterAll(() => catalog.close());

const suggest = async (q: string) => (await catalog.get(`/api/catalog/suggestions?q=${encodeURIComponent(q)}`)).json();
const names = (body: { items: { name: string }[] }) => body.items.map(({ name }) => name);

describe('GET /api/catalog/suggestions', () => {
  it('completes the last word', async () => {
    const { response, statements } = await countStatements(catalog.app, () => catalog.get('/api/catalog/suggestions?q=hea'));
    expect(statements).toBe(2);
    expect(names(response.json())).toEqual(['Travel Headphones', 'Studio Headphones', 'Head Torch']);
    expect(response.json().words).toEqual(['headphones', 'head']);
    expect(response.json().categories).toEqual([{ slug: 'headphones', name: 'Headphones' }]);
    expect(response.json().items[0]).toMatchObject({ slug: 'travel-headphones', price: { amount: 1000, currency: 'GBP' }, picture: null });
  });

  it('takes the words before it whole', async () => {
    expect(names(await suggest('studio h'))).toEqual(['Studio Headphones']);
    expect((await suggest('studio h')).words[0]).toBe('studio headphones');
  });

  it.each([['haedphones', 'Travel Headphones'], ['lapm', 'Desk Lamp'], ['TORHC', 'Head Torch']])('understands %s', async (q, found) => {
    expect(names(await suggest(q))[0]).toBe(found);
  });

  it.each(['x', '%', "'", '.*', 'zzzzzz', ' '])('has nothing for %j', async (q) => {
    expect(await suggest(q)).toMatchObject({ items: [], words: [], categories: [] });
  });

  it.each(['', `q=${'x'.repeat(101)}`, 'q=', 'q=%00', 'q=%ff'])('refuses %j', async (query) => {
    expect((await catalog.get(`/api/catalog/suggestions?${query}`)).statusCode).toBe(400);
  });
});
