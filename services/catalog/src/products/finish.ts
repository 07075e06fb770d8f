import { sql } from 'kysely';
import { countProducts } from '../categories/queries.ts';
import type { Browse } from '../database.ts';
import { refreshSearch } from '../search/refresh.ts';

/** What a job does once after it has written products: counts, words, and statistics for the planner. */
export async function finishWriting(db: Browse): Promise<void> {
  await countProducts(db);
  await refreshSearch(db);
  // Without the right to (a database that somebody else set up) this warns and goes on; autovacuum does it later.
  await sql`vacuum (analyze) product`.execute(db);
  await sql`analyze category, variant, stock, word, term`.execute(db);
  await db.insertInto('change').values({ tags: ['categories', 'products'] }).execute();
}
