import type { Catalog } from '../clients/clients.ts';
import { expectData } from './reply.ts';
import type { Category } from './shapes.ts';

/** Departments change a few times a year and stand on every page: asked for at most this often by one process. */
const FRESH_MS = 5_000;

export interface Departments {
  /** The roots of the category tree, at most some seconds old; older while catalog does not answer. @throws unavailable before they were ever known */
  known(): Promise<Category[]>;
  /** The same for pages that can do without: an error page, or a cart while catalog is down. */
  orNone(): Promise<Category[]>;
}

export function createDepartments(catalog: Catalog): Departments {
  let last: { items: Category[]; until: number } | undefined;
  let asking: Promise<Category[]> | undefined;

  // In nobody's name and with its own deadline: many requests may be waiting for the one answer.
  async function ask(): Promise<Category[]> {
    const { items } = expectData(await catalog.GET('/api/catalog/categories'));
    last = { items, until: performance.now() + FRESH_MS };
    return items;
  }

  async function known(): Promise<Category[]> {
    if (last && performance.now() < last.until) return last.items;
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    const stale = last?.items;
    return stale ? asking.catch(() => stale) : asking;
  }

  return { known, orNone: () => known().catch(() => []) };
}
