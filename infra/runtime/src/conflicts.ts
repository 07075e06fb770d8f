import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely, Transaction } from 'kysely';
import { requestContext } from './context.ts';

/** Serialization failure and deadlock: Postgres undid everything, so that another transaction could go on. */
const CONFLICTS = new Set<unknown>(['40001', '40P01']);
const MOST_RETRIES = 3;
const LONGEST_FIRST_PAUSE_MS = 20;

/**
 * Does `work` again when the database undid it for the sake of another transaction: at most three times, after a random
 * pause of up to 20, 40 and 80 ms, and not past the deadline of the request in hand. Nothing else is ever repeated.
 * @param work one statement or one whole transaction, without other effects: it may run four times
 */
export async function retryConflicts<T>(work: () => Promise<T>): Promise<T> {
  const { deadline } = requestContext.getStore() ?? {};
  for (let retry = 0; ; retry += 1) {
    try {
      return await work();
    } catch (error) {
      // All who collided would collide again after the same pause.
      const pause = Math.random() * LONGEST_FIRST_PAUSE_MS * 2 ** retry;
      const late = deadline !== undefined && deadline.remaining() <= pause;
      if (!CONFLICTS.has((error as { code?: unknown } | null)?.code) || retry === MOST_RETRIES || late) throw error;
      await sleep(pause);
    }
  }
}

/** A transaction that is begun anew when it lost a conflict, see `retryConflicts`. */
export async function inTransaction<Schema, T>(db: Kysely<Schema>, work: (trx: Transaction<Schema>) => Promise<T>): Promise<T> {
  return await retryConflicts(() => db.transaction().execute(work));
}
