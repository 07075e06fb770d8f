import type { VariantInput } from '../products/product.ts';
import type { ProductFields, ReadRow } from './product-row.ts';

/** The rows of one product, as far as they have been read. */
export interface Group {
  key: string;
  slug: string | undefined;
  fields: ProductFields;
  variants: VariantInput[];
  /** Lines of the file, for each of `variants`. */
  lines: number[];
  /** SKUs. */
  discontinued: string[];
}

/** Puts the rows of a product together, wherever in the file they stand, and hands it out when the last one was read. */
export class Groups {
  readonly #open = new Map<string, { group: Group; missing: number }>();
  readonly #rows: ReadonlyMap<string, number>;

  /** @param rows how many rows each key has; a key that is not named has one */
  constructor(rows: ReadonlyMap<string, number>) {
    this.#rows = rows;
  }

  /** @returns the product, when this was its last row */
  add(line: number, { key, slug, fields, variant, discontinued }: ReadRow & { key: string }): Group | undefined {
    const entry = this.#open.get(key) ?? { group: { key, slug, fields, variants: [], lines: [], discontinued: [] }, missing: this.#rows.get(key) ?? 1 };
    const { group } = entry;
    group.fields = firstGiven(group.fields, fields);
    if (variant) {
      group.variants.push(variant);
      group.lines.push(line);
    }
    if (discontinued !== undefined) group.discontinued.push(discontinued);
    entry.missing -= 1;
    if (entry.missing > 0) {
      this.#open.set(key, entry);
      return undefined;
    }
    this.#open.delete(key);
    return group;
  }

  /** Products of which fewer rows came than were counted. */
  rest(): Group[] {
    return [...this.#open.values()].map(({ group }) => group);
  }
}

/** What belongs to the product may be repeated or stand in one of its rows only. */
function firstGiven(first: ProductFields, next: ProductFields): ProductFields {
  return {
    name: first.name ?? next.name,
    category: first.category ?? next.category,
    description: first.description || next.description,
    picture: first.picture || next.picture,
    popularity: first.popularity ?? next.popularity,
    details: first.details ?? next.details,
  };
}

/** Variants that a shopper could not tell from an earlier one of the same product. */
export function indistinguishable(variants: readonly VariantInput[]): { at: number; like: string }[] {
  const seen = new Map<string, string>();
  return variants.flatMap(({ sku, options }, at) => {
    const look = JSON.stringify(Object.entries(options).sort());
    const like = seen.get(look);
    seen.set(look, like ?? sku);
    return like === undefined ? [] : [{ at, like }];
  });
}
