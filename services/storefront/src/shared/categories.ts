import type { Category } from './shapes.ts';

/** The way from a department down to a category, both included; undefined when there is no such category. */
export function trailTo(slug: string, categories: readonly Category[]): [Category, ...Category[]] | undefined {
  for (const category of categories) {
    if (category.slug === slug) return [category];
    const below = trailTo(slug, category.children);
    if (below) return [category, ...below];
  }
  return undefined;
}
