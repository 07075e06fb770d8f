import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { type OpenCatalog, openCatalog } from '../testing.ts';

let catalog: OpenCatalog;

beforeAll(async () => {
  catalog = await openCatalog();
  const mugs = Array.from({ length: 3 }, (_, i) => ({ key: `MUG-${i}`, category: ['Home'], variants: [{ sku: `MUG-${i}`, options: { colour: i === 2 ? 'Red' : 'Blue' } }] }));
  const beads = Array.from({ length: 501 }, (_, i) => ({ key: `BEAD-${i}`, category: ['Toys', 'Beads'], variants: [{ sku: `BEAD-${i}`, options: { colour: `Shade ${i}` } }] }));
  await catalog.sell(...mugs, ...beads);
}, 60_000);
afterAll(() => catalog.close());

const keptOf = async (slug: string) => {
  const { rows } = await sql<{ facets: string[]; products: number }>`
    select facets, s.products from facet_set s join category c on c.id = s.category_id where c.slug = ${slug} order by facets`.execute(catalog.db);
  return rows;
};

describe('what is counted beforehand', () => {
  it('is how many products have the same facets', async () => {
    expect(await keptOf('home')).toEqual([{ facets: ['colour=Blue'], products: 2 }, { facets: ['colour=Red'], products: 1 }]);
  });

  it('is nothing where hardly two products are alike, and the answer is the same', async () => {
    expect(await keptOf('beads')).toEqual([]);
    expect(await keptOf('toys')).toEqual([]);
    const { total, totalIsExact, items, facets } = (await catalog.get('/api/catalog/products?category=toys&colour=Shade%207&colour=Shade%208&colour=Blue')).json();
    expect([total, totalIsExact, items.length]).toEqual([2, true, 2]);
    expect(facets[0].values).toHaveLength(50);
  });

  it('follows what jobs write', async () => {
    const response = await catalog.get('/api/catalog/products?category=home&colour=Blue&limit=1');
    expect(response.json()).toMatchObject({ total: 2, totalIsExact: true });
    await catalog.sell({ key: 'MUG-0', variants: [{ sku: 'MUG-0', options: { colour: 'Red' } }] });
    expect(await keptOf('home')).toEqual([{ facets: ['colour=Blue'], products: 1 }, { facets: ['colour=Red'], products: 2 }]);
    expect((await catalog.get('/api/catalog/products?category=home&colour=Blue&limit=2')).json()).toMatchObject({ total: 1, totalIsExact: true });
  });
});
