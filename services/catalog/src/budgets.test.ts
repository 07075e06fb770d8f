import { countStatements } from '@emall/runtime/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type OpenCatalog, openCatalog } from './testing.ts';

let catalog: OpenCatalog;

beforeAll(async () => {
  catalog = await openCatalog();
  await catalog.sell(
    ...Array.from({ length: 40 }, (_, i) => ({ key: `k${i}`, name: `Lamp ${i}`, category: ['Home', i % 2 ? 'Light' : 'Dark'], variants: [{ sku: `k${i}`, options: { colour: 'Red' } }] })),
  );
  await catalog.get('/api/catalog/categories');
});
afterAll(() => catalog.close());

const lines = Array.from({ length: 20 }, (_, i) => ({ sku: `k${i}`, quantity: 1 }));

describe('the statements that a route may cost', () => {
  it.each<[method: 'GET' | 'PUT' | 'POST', url: string, payload: object | null]>([
    ['GET', '/api/catalog/categories', null],
    ['GET', '/api/catalog/products?limit=40', null],
    ['GET', '/api/catalog/products?category=home&sort=name&limit=39', null],
    ['GET', '/api/catalog/products?q=lapm&colour=Red&category=light&min=1&in_stock=true&sort=price-desc', null],
    ['GET', '/api/catalog/products/lamp-1', null],
    ['GET', '/api/catalog/suggestions?q=red+lam', null],
    ['GET', `/api/catalog/variants?${lines.map(({ sku }) => `sku=${sku}`).join('&')}`, null],
    ['POST', '/internal/prices', { lines }],
    ['PUT', '/internal/reservations/b1', { lines, holdSeconds: 60 }],
    ['POST', '/internal/reservations/b1/commit', null],
    ['POST', '/internal/reservations/b1/release', null],
  ])('by %s %s are no more than it says', async (method, url, payload) => {
    const call = () => (method === 'GET' ? catalog.get(url) : catalog.order(method, url, payload ?? undefined));
    const { response, statements } = await countStatements(catalog.app, call);
    expect(response.statusCode).toBe(200);
    expect(catalog.stated()).toBeGreaterThan(0);
    expect(statements).toBeLessThanOrEqual(catalog.stated() ?? 0);
  });
});
