import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { countStatements } from '@emall/runtime/testing';
import { type OpenCatalog, openCatalog } from '../testing.ts';
import { writeCategories } from './write.ts';

let catalog: OpenCatalog;

beforeAll(async () => {
  catalog = await openCatalog();
  const category = { parent: undefined, picture: undefined, tint: undefined, description: '' };
  await writeCategories(catalog.jobDb, [
    { ...category, slug: 'home', name: 'Home', position: 2, tint: 30, picture: 'house', description: 'All for it.' },
    { ...category, slug: 'toys', name: 'Toys', position: 1 },
    { ...category, slug: 'kitchen', name: 'Kitchen', parent: 'home', position: 1 },
  ]);
  await catalog.sell(
    { key: 'mug', category: ['Home', 'Kitchen'] },
    { key: 'jug', category: ['home', 'KITCHEN'] },
    { key: 'rug', category: ['Home'] },
    { key: 'box', category: ['Toys', 'Kitchen'] },
    { key: 'bin', category: ['kitchen'] },
  );
});
afterAll(() => catalog.close());

describe('GET /api/catalog/categories', () => {
  it('answers the tree in its order, with what is in each and below it', async () => {
    const { response, statements } = await countStatements(catalog.app, () => catalog.get('/api/catalog/categories'));
    expect(statements).toBeLessThanOrEqual(1);
    const [toys, home] = response.json().items;
    expect(home).toEqual({
      slug: 'home', name: 'Home', description: 'All for it.', tint: 30, picture: { name: 'house', alt: 'Home' }, products: 4,
      children: [{ slug: 'kitchen', name: 'Kitchen', description: '', tint: 30, picture: null, products: 3, children: [] }],
    });
    expect(toys).toMatchObject({ slug: 'toys', products: 1, children: [{ slug: 'toys-kitchen', name: 'Kitchen', products: 1 }] });
    expect(toys.tint % 15).toBe(0);
  });
});
