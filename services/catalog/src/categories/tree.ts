import { createHash } from 'node:crypto';

export interface CategoryRow {
  id: number;
  slug: string;
  name: string;
  description: string;
  parent_id: number | null;
  tint: number | null;
  picture: string | null;
  products: number;
}

/** All categories in memory: they are few, every page needs them, and one statement reads them all. */
export class CategoryTree {
  readonly #byId: Map<number, CategoryRow>;
  readonly #bySlug: Map<string, CategoryRow>;
  readonly #children = new Map<number | null, CategoryRow[]>();
  readonly version: string;

  /**
   * @param rows in the order in which siblings are shown
   * @param version the same for the same rows. Whoever keeps what was made with a tree names it by this: a tree may be shown for
   *   a while after it has changed, and what was made with it then is not to be taken for what a newer one would give
   */
  constructor(rows: readonly CategoryRow[], version = '') {
    this.version = version;
    this.#byId = new Map(rows.map((row) => [row.id, row]));
    this.#bySlug = new Map(rows.map((row) => [row.slug, row]));
    for (const row of rows) {
      const siblings = this.#children.get(row.parent_id);
      if (siblings) siblings.push(row);
      else this.#children.set(row.parent_id, [row]);
    }
  }

  find(slug: string): CategoryRow | undefined {
    return this.#bySlug.get(slug);
  }

  get(id: number | null): CategoryRow | undefined {
    return id === null ? undefined : this.#byId.get(id);
  }

  children(id: number | null): readonly CategoryRow[] {
    return this.#children.get(id) ?? [];
  }

  /** The category and all below it. */
  within(id: number): number[] {
    return [id, ...this.children(id).flatMap((child) => this.within(child.id))];
  }

  /** From the department down to the category itself. */
  trail(id: number | null): CategoryRow[] {
    const row = this.get(id);
    return row ? [...this.trail(row.parent_id), row] : [];
  }

  /** Categories with a word in their name that begins so, the fullest first. */
  startingWith(beginning: string): CategoryRow[] {
    return [...this.#byId.values()]
      .filter(({ name }) => name.toLowerCase().split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(beginning)))
      .sort((a, b) => b.products - a.products);
  }

  /** A hue for tiles: the nearest given one above, else one that follows from the department's name. */
  tint(id: number | null): number {
    const trail = this.trail(id);
    const given = trail.findLast(({ tint }) => tint !== null)?.tint;
    return given ?? (trail[0] ? hueOf(trail[0].slug) : DEFAULT_HUE);
  }
}

/** Of what stands in no category. */
export const DEFAULT_HUE = 45;

/** In steps of 15 degrees: pages have a class for each. */
function hueOf(text: string): number {
  return ((createHash('sha256').update(text).digest()[0] ?? 0) % 24) * 15;
}
