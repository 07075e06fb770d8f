import type { CategoryTree } from '../categories/tree.ts';
import type { ListedRow } from './listing.ts';
import type { ProductRow } from './queries.ts';
import type { Item, ProductAnswer } from './schema.ts';

export function toItem(row: ListedRow, tree: CategoryTree): Item {
  const { slug, name, currency } = row;
  return {
    slug,
    name,
    picture: row.picture === null ? null : { name: row.picture, alt: name, recolour: row.recolour },
    category: tree.get(row.category_id)?.slug ?? null,
    tint: tree.tint(row.category_id),
    price: { amount: row.price_from, currency },
    priceVaries: row.price_varies,
    was: row.was === null ? null : { amount: row.was, currency },
    available: row.in_stock,
    variants: row.variants,
  };
}

export function toProduct({ currency, category_id, picture, variants, ...row }: ProductRow, tree: CategoryTree): ProductAnswer {
  const trail = tree.trail(category_id).map(({ slug, name }) => ({ slug, name }));
  return {
    ...row,
    category: trail.at(-1) ?? null,
    trail,
    tint: tree.tint(category_id),
    pictures: picture === null ? [] : [{ name: picture, alt: row.name }],
    variants: variants.map(({ price, was, ...variant }) => ({
      ...variant,
      price: { amount: price, currency },
      was: was === null ? null : { amount: was, currency },
    })),
  };
}
