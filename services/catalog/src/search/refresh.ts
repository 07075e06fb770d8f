import { sql } from 'kysely';
import type { Browse } from '../database.ts';

/** A term with fewer products than this is found by the index alone; see `match.ts`. */
export const FREQUENT = 200;

/**
 * Counts words and terms anew: 1.4 s for 100,000 products, so a job does it after it has written, no request ever.
 * Both tables may lag behind: they choose plans and mend typos, what is found comes from `product` itself.
 */
export async function refreshSearch(trx: Browse): Promise<void> {
  await sql`
    with counted as materialized (
      select word as term, ndoc as products from ts_stat('select search from product') where ndoc >= ${sql.lit(FREQUENT)}
      union all
      select '', count(*)::int from product
    ), gone as (
      delete from term t where not exists (select from counted c where c.term = t.term)
    )
    insert into term (term, products) select term, products from counted
    on conflict (term) do update set products = excluded.products where term.products <> excluded.products
  `.execute(trx);
  await sql`
    with counted as materialized (
      select word, sum(ndoc)::int as products from (
        select word, ndoc from ts_stat('select to_tsvector(''pg_catalog.simple'', name_key) from product')
        union all
        select word, ndoc from ts_stat('select to_tsvector(''pg_catalog.simple'', fold(name)) from category')
        union all
        select word, ndoc from ts_stat('select to_tsvector(''pg_catalog.simple'', fold(value)) from
          (select distinct split_part(f, ''='', 2) as value from product, unnest(facets) f) o')
      ) w where word ~ '^[[:alpha:]]{3,40}$' group by word
    ), gone as (
      delete from word w where not exists (select from counted c where c.word = w.word)
    )
    insert into word (word, products) select word, products from counted
    on conflict (word) do update set products = excluded.products where word.products <> excluded.products
  `.execute(trx);
}
