import { createDatabase, silentLog } from '@emall/runtime';
import { sql } from 'kysely';
import type { BrowseTables } from './database.ts';
import { finishWriting } from './products/finish.ts';
import { hasTier, type Tier, TIERS } from './search/tiers.ts';

/** Words that only products have which nobody buys. */
export const UNLOVED = 'dustcatcher';

/**
 * A shop of any size within seconds: rows made by the database itself, indexes built when they lie there. Ten departments of
 * five categories each, one of them with sizes; materials, adjectives and brands as skewed as words are; best sellers anywhere in the table.
 */
export async function fillShop({ url, ownerUrl }: { url: string; ownerUrl: string }, products: number): Promise<void> {
  const settings = { max: 1, statementTimeoutMs: 300_000, log: silentLog };
  const owner = createDatabase<BrowseTables>({ ...settings, url: ownerUrl, name: 'owner' });
  const db = createDatabase<BrowseTables>({ ...settings, url, name: 'filling' });
  const { rows: indexes } = await sql<{ name: string; made: string }>`
    select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as made from pg_index where indrelid = 'product'::regclass and not indisunique`.execute(owner);
  for (const { name } of indexes) await sql.raw(`drop index ${name}`).execute(owner);
  await fill(db, products);
  for (const { made } of indexes) await sql.raw(made).execute(owner);
  await finishWriting(db);
  await sql`vacuum product`.execute(owner);
  await sql`analyze reservation, reservation_line, change`.execute(owner);
  await Promise.all([owner.destroy(), db.destroy()]);
}

async function fill(db: ReturnType<typeof createDatabase<BrowseTables>>, products: number): Promise<void> {
  await sql`insert into category (slug, name) select 'department-' || d, 'Department ' || chr(64 + d) from generate_series(1, 10) d`.execute(db);
  await sql`
    insert into category (slug, name, parent_id)
    select c.slug || '-' || n, 'Shelf ' || chr(64 + n), c.id from category c, generate_series(1, 5) n where c.parent_id is null`.execute(db);
  // Of the place among best sellers, as `refreshTiers` has it.
  const tiers = TIERS.flatMap((size, tier) => (hasTier(tier as Tier, products) ? [sql`when place <= ${sql.lit(size)} then ${sql.lit(tier)}`] : []));
  await sql`
    with shelf as materialized (
      select array_agg(id order by id) as ids from category where parent_id is not null
    ), drawn as (
      select i, 1 + (i * 7919) % ${sql.lit(products)} as place, ids[1 + i % 50] as category_id, (hashint8extended(i, 1) & 65535) / 65536.0 as a,
        (hashint8extended(i, 2) & 65535) / 65536.0 as b, (hashint8extended(i, 3) & 65535) / 65536.0 as c
      from shelf, generate_series(1, ${sql.lit(products)}) i
    ), named as (
      select *, (array['Cotton','Oak','Steel','Glass','Wool','Linen','Leather','Ceramic','Bamboo','Canvas','Copper','Felt','Enamel','Walnut','Cork','Marble'])[1 + (16 * a * a)::int % 16] as material,
        (array['Classic','Vintage','Large','Small','Soft','Modern','Folding','Slim','Striped','Rustic'])[1 + (10 * b * b)::int % 10] as adjective,
        (array['Pan','Lamp','Shirt','Fern','Puzzle','Card','Mat','Diary','Bowl','Chair'])[1 + i % 10] as noun,
        (array['Black','White','Blue','Red','Lilac'])[1 + (5 * c * c * c)::int % 5] as colour,
        -- The r-th brand in proportion to 1/r, in letters.
        initcap(translate(reverse(power(20000, b)::int::text), '0123456789', 'bdfgklmnpt')) || 'ando' as brand
      from drawn
    ), made as (
      insert into product (key, slug, category_id, name, description, popularity, currency, price_from, price_varies, variants, in_stock, facets, tier)
      select 'P' || i, 'product-' || i, category_id, concat_ws(' ', brand, adjective, material, noun),
        concat('A ', adjective, ' thing to be used every day', case when place > ${sql.lit(products)} * 0.98 then ${` ${UNLOVED}`}::text end),
        ${sql.lit(products)} - place, 'GBP', 100 + (12000 * power(a, 2.5))::int, false, 1, (hashint8(i) & 15) > 0, array['colour=' || colour] || case when i % 10 = 0 then array['size=' || substr('SML', 1 + (3 * b)::int % 3, 1)] else '{}' end, (case ${sql.join(tiers, sql` `)} else 9 end)
      from named order by i
      returning id, key, slug, name, price_from, in_stock
    ), priced as (
      insert into variant (sku, product_id, slug, name, currency, price, options) select key, id, slug, name, 'GBP', price_from, '{"colour":"Blue"}' from made
    )
    insert into stock (sku, on_hand, reserved) select key, case when in_stock then 100 else 50 end, 50 from made`.execute(db);
  await sql`
    insert into reservation (order_id, state, expires_at) select 'order-' || i, case when i % 100 = 0 then 'held' else 'committed' end, now() + interval '1 hour' from generate_series(1, 50000) i`.execute(db);
  await sql`insert into reservation_line (order_id, sku, quantity) select 'order-' || i, 'P' || 1 + (i * 13 + n) % ${sql.lit(products)}, 1 from generate_series(1, 50000) i, generate_series(1, 2) n`.execute(db);
  await sql`insert into change (tags) select array['product:product-' || i] from generate_series(1, 20000) i`.execute(db);
}
