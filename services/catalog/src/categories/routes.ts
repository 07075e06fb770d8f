import { type App, type Cache, problemResponses } from '@emall/runtime';
import { sendCacheable } from '../cacheable.ts';
import type { Categories } from './categories.ts';
import { type Category, categoriesResponse, categorySchema } from './schema.ts';
import type { CategoryRow, CategoryTree } from './tree.ts';

const CATEGORIES_MS = 300_000;

export async function categoryRoutes(app: App, { cache, categories }: { cache: Cache; categories: Categories }): Promise<void> {
  app.addSchema(categorySchema);

  app.get(
    '/api/catalog/categories',
    {
      config: { statements: 1 },
      schema: {
        operationId: 'listCategories',
        tags: ['catalog'],
        description: 'The tree of categories. Its roots are the departments.',
        response: { 200: categoriesResponse, ...problemResponses(503) },
      },
    },
    async (request, reply) => {
      const tree = await categories.read();
      const load = async () => ({ items: toItems(tree, null) });
      return sendCacheable(request, reply, { cache, key: `categories:${tree.version}`, tags: ['categories'], ttlMs: CATEGORIES_MS, load });
    },
  );
}

function toItems(tree: CategoryTree, parent: number | null): Category[] {
  return tree.children(parent).map((row) => toCategory(row, tree));
}

function toCategory({ id, slug, name, description, picture, products }: CategoryRow, tree: CategoryTree): Category {
  return {
    slug,
    name,
    description,
    tint: tree.tint(id),
    picture: picture === null ? null : { name: picture, alt: name },
    products,
    children: toItems(tree, id),
  };
}
