import { sql } from 'kysely';
import { countProducts } from '../categories/queries.ts';
import type { Browse } from '../database.ts';
import { refreshSearch } from '../search/refresh.ts';

/** What a job does once after it has written products: counts, words, and statistics for the planner. */
export async function finishWriting(db: Browse): Promise<void> {
  await countProducts(db);
  await refreshSearch(db);
  await sql`select refresh_statistics()`.execute(db);
  await db.insertInto('change').values({ tags: ['categories', 'products'] }).execute();
}
