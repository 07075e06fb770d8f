import { sql } from 'kysely';
import type { Checkout, Options } from '../database.ts';

export interface VariantRow {
  sku: string;
  slug: string;
  name: string;
  options: Options;
  picture: string | null;
  currency: string;
  price: number;
  available: number;
}

/** More than this many is "plenty": how much a shop really has is not for everybody to know. */
export const PLENTY = 99;

/** Live price and stock. SKUs that are not sold are missing. */
export async function findVariants(db: Checkout, skus: readonly string[]): Promise<VariantRow[]> {
  const { rows } = await sql<VariantRow>`
    select v.sku, v.slug, v.name, v.options, v.picture, v.currency, v.price, least(s.on_hand - s.reserved, ${sql.lit(PLENTY)}) as available
    from variant v join stock s on s.sku = v.sku
    where v.sku = any(${[...skus]}::text[])
  `.execute(db);
  return rows;
}
