import type { Cache } from '@emall/runtime';
import type { Browse } from '../database.ts';
import { readCategories } from './queries.ts';
import { type CategoryRow, CategoryTree } from './tree.ts';

export interface Categories {
  read(): Promise<CategoryTree>;
}

/** The tree that every listing needs, from the cache; it is only built anew when the rows are others. */
export function cachedCategories(db: Browse, cache: Cache): Categories {
  let last: { rows: CategoryRow[]; tree: CategoryTree } | undefined;
  return {
    read: async () => {
      // A number for each shape: during a rollout the version before keeps its own under the number before.
      const rows = await cache.getOrSet('categories:rows:2', ['categories'], () => readCategories(db));
      if (last?.rows !== rows) last = { rows, tree: new CategoryTree(rows) };
      return last.tree;
    },
  };
}
