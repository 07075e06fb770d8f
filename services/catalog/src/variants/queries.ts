import { type RawBuilder, sql } from 'kysely';
import { DEFAULT_HUE } from '../categories/tree.ts';
import type { Checkout, Options } from '../database.ts';

export interface VariantPicture {
  name: string;
  alt: string;
  recolour: string | null;
}

export interface VariantRow {
  sku: string;
  slug: string;
  name: string;
  options: Options;
  picture: VariantPicture | null;
  tint: number;
  currency: string;
  price: number;
  available: number;
}

/** More than this many is "plenty": how much a shop really has is not for everybody to know. */
export const PLENTY = 99;

/** The colour of a product's picture: that of its first variant that has one. */
export const pictureColour = (productId: RawBuilder<unknown>) => sql`(
  select first.options ->> 'colour' from variant first
  where first.product_id = ${productId} and first.options ? 'colour'
  order by first.position, first.sku limit 1
)`;

/** The picture of variant `v`. A product has one picture; variants of other colours are shown in theirs by recolouring it. */
export const variantPicture = sql`
  case when v.picture is not null then jsonb_build_object('name', v.picture, 'alt', v.name,
    'recolour', nullif(v.options ->> 'colour', ${pictureColour(sql.ref('v.product_id'))})) end`;

/** Live price and stock. SKUs that are not sold are missing. */
export async function findVariants(db: Checkout, skus: readonly string[]): Promise<VariantRow[]> {
  const { rows } = await variants(skus, sql.lit(0)).execute(db);
  return rows;
}

/** The same, with units of holds that have lapsed and that nobody has swept yet: they are as good as free. Dearer by all that have lapsed. */
export async function findVariantsWithLapsed(db: Checkout, skus: readonly string[]): Promise<VariantRow[]> {
  const { rows } = await sql<VariantRow>`
    with lapsed as materialized (
      select l.sku, sum(l.quantity)::int as units from reservation r join reservation_line l on l.order_id = r.order_id
      where r.state = 'held' and r.expires_at <= statement_timestamp() and l.sku = any(${[...skus]}::text[]) group by 1
    )
    ${variants(skus, sql`coalesce((select units from lapsed where lapsed.sku = v.sku), 0)`)}
  `.execute(db);
  return rows;
}

const variants = (skus: readonly string[], back: RawBuilder<unknown>) => sql<VariantRow>`
  select v.sku, v.slug, v.name, v.options, ${variantPicture} as picture, coalesce(v.tint, ${sql.lit(DEFAULT_HUE)}) as tint,
    v.currency, v.price, least(s.on_hand - s.reserved + ${back}, ${sql.lit(PLENTY)}) as available
  from variant v join stock s on s.sku = v.sku
  where v.sku = any(${[...skus]}::text[])`;
