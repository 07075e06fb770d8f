import { type RawBuilder, sql } from 'kysely';
import type { Match } from '../search/match.ts';
import type { Tier } from '../search/tiers.ts';
import { byIndex, conditions, type Filters, inTier } from './filters.ts';

export interface Search extends Filters {
  match: Match;
}

interface Wanted {
  /** What is wanted of `product p`. */
  columns: RawBuilder<unknown>;
  /** Where there is more: which of it. */
  order?: RawBuilder<unknown>;
  /** From where on. */
  where?: RawBuilder<unknown>;
  tiers: Tier[];
  many: number;
}

export const bestFirst = sql`order by p.popularity desc, p.id desc`;

/** All that matches, by the index on words. */
export function allMatching(search: Search, columns: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`select ${columns} from product p where ${byIndex(search.match, search)} and ${conditions(search)}`;
}

/**
 * `many` of what matches, from the smallest tier of best sellers that has so many, else from all products. A tier is looked at
 * only when those before had too few: a condition that reads nothing of a row is judged once, before anything is read.
 */
export function fromBest(search: Search, { columns, order = sql``, where = sql`true`, tiers, many }: Wanted): RawBuilder<unknown> {
  const names = tiers.map((tier) => ({ tier, rows: sql.ref(`tier_${tier}`), done: sql.ref(`done_${tier}`) }));
  const isDone = (at: number) => (names[at] ? sql`(select yes from ${names[at].done})` : sql`false`);
  const looked = names.map(({ tier, rows, done }, at) => sql`
    ${rows} as materialized (${allMatching(search, columns)} and ${where} and ${inTier(tier)} and not ${isDone(at - 1)} ${order} limit ${many}::int),
    ${done} as materialized (select ${isDone(at - 1)} or count(*) = ${many}::int as yes from ${rows})`);
  const last = sql`(${allMatching(search, columns)} and ${where} and not ${isDone(names.length - 1)} ${order} limit ${many}::int)`;
  if (names.length === 0) return last;
  // The tiers before the one that was enough had rows as well, which are among its own.
  const found = names.map(({ rows }, at) => sql`select * from ${rows} where ${isDone(at)} and not ${isDone(at - 1)}`);
  return sql`with ${sql.join(looked)} ${sql.join([...found, last], sql` union all `)}`;
}
