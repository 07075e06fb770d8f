import { sql } from 'kysely';
import { countProducts } from '../categories/queries.ts';
import type { Browse } from '../database.ts';
import { refreshFacetSets } from './facet-sets.ts';
import { refreshSearch } from '../search/refresh.ts';
import { refreshTiers } from '../search/tiers.ts';

/** What a job does once after it has written products: counts, words, and statistics for the planner. */
export async function finishWriting(db: Browse): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`set local statement_timeout = '300s'`.execute(trx);
    // Two jobs that end at once would lock the same rows in different orders.
    await sql`select pg_advisory_xact_lock(hashtext('catalog.finish'))`.execute(trx);
    await countProducts(trx);
    await refreshFacetSets(trx);
    await refreshSearch(trx);
    await refreshTiers(trx);
  });
  await sql`select refresh_statistics()`.execute(db);
  await db.insertInto('change').values({ tags: ['categories', 'products'] }).execute();
}
