import type pg from 'pg';

export interface Product {
  slug: string;
  name: string;
  skus: string[];
}

/** What people may find in the shop. */
export interface Catalogue {
  /** Most bought first. */
  products: Product[];
  /** Slugs, the fullest first. */
  categories: string[];
}

/** More than anybody wants in a few minutes. */
const MOST_PRODUCTS = 20_000;

export async function readCatalogue(database: Pick<pg.Client, 'query'>): Promise<Catalogue> {
  const { rows: products } = await database.query<Product>(
    `select p.slug, p.name, array_agg(v.sku order by v.position, v.sku) as skus
     from (select * from catalog.product order by popularity desc, id desc limit $1) p join catalog.variant v on v.product_id = p.id
     group by p.id, p.slug, p.name, p.popularity order by p.popularity desc, p.id desc`,
    [MOST_PRODUCTS],
  );
  const { rows: categories } = await database.query<{ slug: string }>('select slug from catalog.category where products > 0 order by products desc, id');
  return { products, categories: categories.map(({ slug }) => slug) };
}
