import { sql } from 'kysely';
import type { Browse, Detail, Options } from '../database.ts';
import { PLENTY, type VariantPicture, variantPicture } from '../variants/queries.ts';

export interface ProductRow {
  slug: string;
  name: string;
  description: string;
  details: Detail[];
  category_id: number | null;
  picture: string | null;
  currency: string;
  variants: { sku: string; options: Options; picture: VariantPicture | null; price: number; was: number | null; available: number }[];
}

/** A product with its variants and what is free of each: its own rows by key, nothing is scanned. */
export async function findProduct(db: Browse, slug: string): Promise<ProductRow | undefined> {
  const { rows } = await sql<ProductRow>`
    select p.slug, p.name, p.description, p.details, p.category_id, p.picture, p.currency, (
        select jsonb_agg(jsonb_build_object('sku', v.sku, 'options', v.options, 'picture', ${variantPicture}, 'price', v.price, 'was', v.was,
          'available', least(s.on_hand - s.reserved, ${sql.lit(PLENTY)})) order by v.position, v.sku)
        from variant v join stock s on s.sku = v.sku where v.product_id = p.id
      ) as variants
    from product p where p.slug = ${slug}
  `.execute(db);
  return rows[0];
}
