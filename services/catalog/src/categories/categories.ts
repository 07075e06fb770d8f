import type { Cache } from '@emall/runtime';
import type { Browse } from '../database.ts';
import { readCategories } from './queries.ts';
import { type CategoryRow, CategoryTree } from './tree.ts';

const ROWS_MS = 300_000;

export interface Categories {
  read(): Promise<CategoryTree>;
}

/** The tree that every listing needs, from the cache; it is only built anew when the rows are others. */
export function cachedCategories(db: Browse, cache: Cache): Categories {
  let last: { etag: string; tree: CategoryTree } | undefined;
  return {
    read: async () => {
      const load = async () => JSON.stringify(await readCategories(db));
      const { body, etag } = await cache.read('categories:rows', { tags: ['categories'], ttlMs: ROWS_MS, load });
      if (last?.etag !== etag) last = { etag, tree: new CategoryTree(JSON.parse(String(body)) as CategoryRow[], etag) };
      return last.tree;
    },
  };
}
