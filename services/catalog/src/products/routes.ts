import { type App, type Cache, problemResponses } from '@emall/runtime';
import { sendCacheable } from '../cacheable.ts';
import type { Categories } from '../categories/categories.ts';
import type { Browse } from '../database.ts';
import { browse, nameOf, toWish } from './browse.ts';
import { findProduct } from './queries.ts';
import { listQuery, listResponse, productParams, productResponse } from './schema.ts';
import { toProduct } from './show.ts';

/** Changes are told; what merely passes is how many units of a product are left while there are more than a few. */
const PRODUCT_MS = 60_000;
const LIST_MS = 300_000;

export interface BrowseDeps {
  db: Browse;
  cache: Cache;
  categories: Categories;
}

export async function productRoutes(app: App, { db, cache, categories }: BrowseDeps): Promise<void> {
  app.get(
    '/api/catalog/products',
    {
      // One for the page with its total and facets; with words or filters one to understand them.
      config: { statements: 2 },
      schema: {
        operationId: 'listProducts',
        tags: ['catalog'],
        description: 'Products of a category and of those below it, of the whole shop, or found by words, page by page.',
        querystring: listQuery,
        response: { 200: listResponse, ...problemResponses(400, 404, 503) },
      },
    },
    async (request, reply) => {
      const { cursor, limit = 24 } = request.query;
      const tree = await categories.read();
      const wish = toWish(request.query, tree);
      const key = cursor === undefined ? `list:${tree.version}:${limit}:${nameOf(wish)}` : undefined;
      const load = () => browse(db, tree, wish, { cursor, limit });
      return sendCacheable(request, reply, { cache, key, tags: ['products', 'listings'], ttlMs: LIST_MS, load });
    },
  );

  app.get(
    '/api/catalog/products/:slug',
    {
      config: { statements: 1 },
      schema: {
        operationId: 'getProduct',
        tags: ['catalog'],
        params: productParams,
        response: { 200: productResponse, ...problemResponses(400, 404, 503) },
      },
    },
    async (request, reply) => {
      const { slug } = request.params;
      const tree = await categories.read();
      const load = async () => {
        const row = await findProduct(db, slug);
        return row && toProduct(row, tree);
      };
      const key = `product:${tree.version}:${slug}`;
      return sendCacheable(request, reply, { cache, key, tags: ['products', `product:${slug}`], ttlMs: PRODUCT_MS, load });
    },
  );
}
