import { sql, type Transaction } from 'kysely';
import type { BrowseTables, Detail } from '../database.ts';
import { FILTERABLE, type ProductInput, type VariantInput } from './product.ts';

type Trx = Transaction<BrowseTables>;

export interface KnownProduct {
  id: string;
  key: string;
  slug: string;
  categoryId: number | null;
  name: string;
  description: string;
  picture: string | null;
  popularity: number;
  details: Detail[];
}

/** A product with all that is to be written of it. */
export interface CompleteProduct extends KnownProduct {
  /** Names of its category and of those above. */
  trail: string;
  tint: number;
  variants: VariantInput[];
}

export interface Known {
  /** By key. */
  products: Map<string, KnownProduct>;
  /** Of those asked for, the ones that somebody has. */
  slugs: Set<string>;
  /** Product ids by SKU. */
  owners: Map<string, string>;
  /** Keys of products that were sold once, and come back. */
  returning: string[];
  newIds: string[];
}

/** All that has to be known before products are written, in one round trip. */
export async function readKnown(
  trx: Trx,
  { keys, skus, slugs, newIds }: { keys: string[]; skus: string[]; slugs: string[]; newIds: number },
): Promise<Known> {
  const { rows } = await sql<{ products: KnownProduct[]; slugs: string[]; owners: { sku: string; id: string }[]; returning: string[]; ids: string[] }>`
    with gone as materialized (
      select * from discontinued_product where key = any(${keys}::text[])
    )
    select
      (select coalesce(jsonb_agg(jsonb_build_object(
          'id', id::text, 'key', key, 'slug', slug, 'categoryId', category_id, 'name', name,
          'description', description, 'picture', picture, 'popularity', popularity, 'details', details)), '[]')
        from (
          select id, key, slug, category_id, name, description, picture, popularity, details from product where key = any(${keys}::text[])
          union all
          select id, key, slug, category_id, name, description, picture, popularity, details from gone
        ) p) as products,
      array(
        select slug from product where slug = any(${slugs}::text[])
        union all
        select slug from discontinued_product where slug = any(${slugs}::text[])
      ) as slugs,
      (select coalesce(jsonb_agg(jsonb_build_object('sku', sku, 'id', product_id::text)), '[]')
        from variant where sku = any(${skus}::text[])) as owners,
      array(select key from gone) as returning,
      array(select nextval(pg_get_serial_sequence('product', 'id'))::text from generate_series(1, ${newIds})) as ids
  `.execute(trx);
  const [row] = rows;
  if (!row) throw new Error('a select without from answered no row');
  return {
    products: new Map(row.products.map((product) => [product.key, product])),
    slugs: new Set(row.slugs),
    owners: new Map(row.owners.map(({ sku, id }) => [sku, id])),
    returning: row.returning,
    newIds: row.ids,
  };
}

/** A SKU that belonged to another product moves. Its old product is put right by `sumUpAnew`. */
export async function writeVariants(trx: Trx, products: readonly CompleteProduct[], currency: string): Promise<void> {
  const rows = products.flatMap(({ id, variants }) =>
    variants.map(({ sku, options, price, was }, position) => ({ sku, product_id: id, position, options, price, was })),
  );
  const names = products.map(({ id, slug, name, picture, tint }) => ({ product_id: id, slug, name, picture, tint }));
  await sql`
    insert into variant (sku, product_id, position, slug, name, picture, tint, options, currency, price, was)
    select sku, product_id, position, slug, name, picture, tint, options, ${currency}, price, was
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) v(sku text, product_id bigint, position int, options jsonb, price int, was int)
      join jsonb_to_recordset(${JSON.stringify(names)}::jsonb) p(product_id bigint, slug text, name text, picture text, tint smallint) using (product_id)
    on conflict (sku) do update set
      product_id = excluded.product_id, position = excluded.position, slug = excluded.slug, name = excluded.name,
      picture = excluded.picture, tint = excluded.tint, options = excluded.options, currency = excluded.currency, price = excluded.price,
      was = excluded.was
    where (variant.product_id, variant.position, variant.slug, variant.name, variant.picture, variant.tint, variant.options, variant.currency,
        variant.price, variant.was)
      is distinct from (excluded.product_id, excluded.position, excluded.slug, excluded.name, excluded.picture, excluded.tint, excluded.options,
        excluded.currency, excluded.price, excluded.was)
  `.execute(trx);
  // Variants that were not given this time bear the name of their product too.
  await sql`
    update variant v set slug = p.slug, name = p.name, picture = p.picture, tint = p.tint
    from jsonb_to_recordset(${JSON.stringify(names)}::jsonb) p(product_id bigint, slug text, name text, picture text, tint smallint)
    where v.product_id = p.product_id and (v.slug, v.name, v.picture, v.tint) is distinct from (p.slug, p.name, p.picture, p.tint)
  `.execute(trx);
}

/** Sets what is on hand. Units that are promised to orders stay: a merchant's count cannot take them away. */
export async function writeStock(trx: Trx, inputs: readonly ProductInput[]): Promise<void> {
  const rows = inputs.flatMap(({ variants }) => variants.map(({ sku, stock, initialStock = 0 }) => ({ sku, stock: stock ?? null, initial: initialStock })));
  await sql`
    with given as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) g(sku text, stock int, initial int)
    ), changed as materialized (
      select s.sku, g.stock from stock s join given g on g.sku = s.sku
      where g.stock is not null and s.on_hand <> g.stock
      order by s.sku for update of s
    ), counted as (
      update stock s set on_hand = greatest(c.stock, s.reserved) from changed c where s.sku = c.sku
    )
    insert into stock (sku, on_hand)
    select g.sku, coalesce(g.stock, g.initial) from given g
    where not exists (select from stock s where s.sku = g.sku)
  `.execute(trx);
}

/** How the variants of a product look from a listing. */
export const summary = sql`
  select v.product_id, count(*)::int as variants, min(v.price) as price_from, min(v.price) < max(v.price) as price_varies,
    (array_agg(v.was order by v.price, v.position))[1] as was, bool_or(s.on_hand > s.reserved) as in_stock,
    string_agg(v.sku, ' ' order by v.position) as skus, o.words, o.facets
  from variant v join stock s using (sku)
    join lateral (
      select coalesce(string_agg(distinct o.value, ' '), '') as words,
        coalesce(array_agg(distinct o.key || '=' || o.value) filter (where o.key = any(${sql.lit(`{${FILTERABLE.join(',')}}`)})), '{}') as facets
      from variant w, jsonb_each_text(w.options) o where w.product_id = v.product_id
    ) o on true`;

export async function writeProductRows(trx: Trx, products: readonly CompleteProduct[], currency: string): Promise<void> {
  const rows = products.map(({ variants: _variants, categoryId, ...product }) => ({ ...product, category_id: categoryId }));
  await sql`
    with given as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) g(
        id bigint, key text, slug text, category_id int, name text, description text, details jsonb, picture text, popularity int, trail text)
    ), summary as (
      ${summary} where v.product_id in (select id from given) group by v.product_id, o.words, o.facets
    )
    insert into product (id, key, slug, category_id, name, description, details, picture, popularity, keywords,
      currency, price_from, price_varies, was, variants, in_stock, facets)
    overriding system value
    select g.id, g.key, g.slug, g.category_id, g.name, g.description, g.details, g.picture, g.popularity, concat_ws(' ', g.trail, s.words, s.skus),
      ${currency}, s.price_from, s.price_varies, s.was, s.variants, s.in_stock, s.facets
    from given g join summary s on s.product_id = g.id
    order by g.id
    on conflict (id) do update set
      category_id = excluded.category_id, name = excluded.name, description = excluded.description, details = excluded.details,
      picture = excluded.picture, popularity = excluded.popularity, keywords = excluded.keywords, currency = excluded.currency,
      price_from = excluded.price_from, price_varies = excluded.price_varies, was = excluded.was, variants = excluded.variants,
      in_stock = excluded.in_stock, facets = excluded.facets
    where (product.category_id, product.name, product.description, product.details, product.picture, product.popularity, product.keywords,
        product.currency, product.price_from, product.price_varies, product.was, product.variants, product.in_stock, product.facets)
      is distinct from (excluded.category_id, excluded.name, excluded.description, excluded.details, excluded.picture, excluded.popularity, excluded.keywords,
        excluded.currency, excluded.price_from, excluded.price_varies, excluded.was, excluded.variants, excluded.in_stock, excluded.facets)
  `.execute(trx);
}
