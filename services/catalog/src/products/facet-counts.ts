import { type RawBuilder, sql } from 'kysely';
import type { Filterable } from './product.ts';

/**
 * Products by facet, as jsonb. Products that have the same facets are added up before these are taken apart: that they
 * differ in a hundred ways, not in a thousand, is most of what counting a thousand costs.
 * @param groups a query that answers `facets` and `n`, how many products have them
 * @param without for each option that is filtered by, the same by all other filters, so that its other values can be chosen too
 */
export function facetsBy(groups: RawBuilder<unknown>, without: readonly { option: Filterable; groups: RawBuilder<unknown> }[]): RawBuilder<unknown> {
  const others = sql.join([sql`true`, ...without.map(({ option }) => sql`facet not like ${`${option}=%`}`)], sql` and `);
  const all = [
    sql`select facet, sum(n)::int as n from (${groups}) g, unnest(facets) facet where ${others} group by facet`,
    ...without.map((each) => sql`select facet, sum(n)::int as n from (${each.groups}) g, unnest(facets) facet where facet like ${`${each.option}=%`} group by facet`),
  ];
  return sql`(select coalesce(jsonb_object_agg(facet, n), '{}') from (${sql.join(all, sql` union all `)}) f)`;
}
