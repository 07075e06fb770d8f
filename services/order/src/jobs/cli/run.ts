import type { Database } from '../../database.ts';
import type { Asked } from './options.ts';
import { USAGE } from './options.ts';
import { deadLettersOf, listJobs, retryDeadLetters } from './queries.ts';
import { show } from './show.ts';

/** @returns the exit code: 1 when one of the ids is no dead letter; then none was tried again */
export async function runJobs(db: Database, asked: Asked, say: (text: string) => void): Promise<number> {
  if (asked.what === 'help') say(USAGE);
  if (asked.what === 'list') {
    const list = await listJobs(db);
    say(asked.json ? JSON.stringify(list, null, 2) : show(list));
  }
  return asked.what === 'retry' ? await retry(db, asked.ids, say) : 0;
}

async function retry(db: Database, ids: 'all' | string[], say: (text: string) => void): Promise<number> {
  if (ids !== 'all') {
    const known = new Set(await deadLettersOf(db, ids));
    const others = ids.filter((id) => !known.has(id));
    if (others.length > 0) {
      say(`No dead letter has the id ${others.join(', ')}. Nothing was tried again; npm run emall -- jobs lists them.`);
      return 1;
    }
  }
  const retried = await retryDeadLetters(db, ids);
  say(retried.length === 0 ? 'There are no dead letters.' : `Tried again now: ${retried.join(', ')}. How they fare: npm run emall -- jobs`);
  return 0;
}
