import type { Browse } from '../database.ts';
import { slugOf } from '../slug.ts';
import { copyTints, readCategories } from './queries.ts';
import { type CategoryRow, CategoryTree } from './tree.ts';

export interface CategoryInput {
  slug: string;
  name: string;
  /** Slug of the category above. */
  parent: string | undefined;
  position: number;
  tint: number | undefined;
  picture: string | undefined;
  description: string;
}

/** Finds the category of a path of names, such as Home > Kitchen, and makes what is missing of it. */
export class CategoryPaths {
  readonly #db: Browse;
  readonly #rows: CategoryRow[];
  readonly #found = new Map<string, number>();
  tree: CategoryTree;

  private constructor(db: Browse, rows: CategoryRow[]) {
    this.#db = db;
    this.#rows = rows;
    this.tree = new CategoryTree(rows);
  }

  static async read(db: Browse): Promise<CategoryPaths> {
    return new CategoryPaths(db, await readCategories(db));
  }

  /** @param path names from the department down; a single slug that exists will do as well */
  async resolve(path: readonly string[]): Promise<number> {
    const key = path.join('\n').toLowerCase();
    let id = this.#found.get(key);
    if (id === undefined) {
      id = path.length === 1 ? this.tree.find(path[0] ?? '')?.id : undefined;
      id ??= await this.#descend(path);
      this.#found.set(key, id);
    }
    return id;
  }

  async #descend(path: readonly string[]): Promise<number> {
    let parent: CategoryRow | undefined;
    for (const name of path) {
      const same = this.tree.children(parent?.id ?? null).find((child) => child.name.toLowerCase() === name.toLowerCase());
      parent = same ?? (await this.#add(name, parent));
    }
    if (!parent) throw new TypeError('a path has at least one name');
    return parent.id;
  }

  /** Accessories may stand below Women and below Men: the second one bears its parent's name in its address. */
  async #add(name: string, parent: CategoryRow | undefined): Promise<CategoryRow> {
    const plain = slugOf(name) || 'category';
    const candidates = [plain, ...(parent ? [`${parent.slug}-${plain}`.slice(0, 74).replace(/-+$/, '')] : [])];
    let slug = candidates.find((candidate) => !this.tree.find(candidate));
    for (let n = 2; slug === undefined; n += 1) if (!this.tree.find(`${candidates.at(-1)}-${n}`)) slug = `${candidates.at(-1)}-${n}`;
    const row = await this.#db
      .insertInto('category')
      .values({ slug, name, parent_id: parent?.id ?? null, tint: null, picture: null, position: this.#rows.length })
      .returning(['id', 'slug', 'name', 'description', 'parent_id', 'tint', 'picture', 'products'])
      .executeTakeFirstOrThrow();
    this.#rows.push(row);
    this.tree = new CategoryTree(this.#rows);
    return row;
  }
}

/** Adds or updates categories by slug. A parent stands before its children. */
export async function writeCategories(db: Browse, inputs: readonly CategoryInput[]): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const ids = new Map((await readCategories(trx)).map(({ slug, id }) => [slug, id]));
    for (const { parent, tint, picture, ...rest } of inputs) {
      const row = { ...rest, parent_id: parent === undefined ? null : (ids.get(parent) ?? null), tint: tint ?? null, picture: picture ?? null };
      const { slug: _slug, ...values } = row;
      const { id } = await trx
        .insertInto('category')
        .values(row)
        .onConflict((conflict) => conflict.column('slug').doUpdateSet(values))
        .returning('id')
        .executeTakeFirstOrThrow();
      ids.set(row.slug, id);
    }
    await copyTints(trx);
    await trx.insertInto('change').values({ tags: ['categories', 'products'] }).execute();
  });
}
