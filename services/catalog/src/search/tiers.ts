import { sql } from 'kysely';
import type { Browse } from '../database.ts';

/** How many best sellers each tier has, those above it included; each has an index on words of its own. See `match.ts`. */
export const TIERS = [500, 2000, 8000, 32_000, 128_000] as const;
const NONE = 9;

export type Tier = 0 | 1 | 2 | 3 | 4;

/** A tier that would have a third of the shop and more is not worth its index. */
export function hasTier(tier: Tier, products: number): boolean {
  return products > 3 * TIERS[tier];
}

/** Sorts the best sellers anew; a job does it after it has written. A product in the wrong tier is found all the same, later in the list. */
export async function refreshTiers(trx: Browse): Promise<void> {
  await sql`
    with ranked as materialized (
      select id, row_number() over (order by popularity desc, id desc) as place
      from (select id, popularity from product order by popularity desc, id desc limit ${sql.lit(Math.max(...TIERS))}) b
    ), shop as materialized (
      select count(*) as products from product
    ), placed as materialized (
      select id, (case ${sql.join(TIERS.map((size, tier) => sql`when place <= ${sql.lit(size)} and products > ${sql.lit(3 * size)} then ${sql.lit(tier)}`), sql` `)} end)::smallint as tier from ranked, shop
    ), fallen as (
      update product p set tier = ${sql.lit(NONE)} where p.tier < ${sql.lit(NONE)} and not exists (select from placed where placed.id = p.id and placed.tier is not null)
    )
    update product p set tier = placed.tier from placed where p.id = placed.id and p.tier <> placed.tier
  `.execute(trx);
}
