import type { Cache, Log } from '@emall/runtime';
import { sql } from 'kysely';
import type { Browse, Checkout } from '../database.ts';
import { purgeSettled, sweepAll } from '../stock/sweep.ts';
import { applyTurns } from '../stock/turns.ts';

const EVERY_MS = 1000;
const PURGE_EVERY = 600;

export interface FollowDeps {
  db: Browse;
  checkoutDb: Checkout;
  cache: Cache;
  log: Log;
}

/**
 * Reads what has changed and tells the cache. It looks back 30 s and remembers what it has seen, because ids become
 * visible when their transaction ends, not in the order in which they were given out.
 */
export class ChangeReader {
  #seen = new Set<string>();
  readonly #db: Browse;

  constructor(db: Browse) {
    this.#db = db;
  }

  /** What is new; to be remembered once the cache knows of it, else it is told again. */
  async next(): Promise<{ tags: string[]; turned: boolean; remember: () => void }> {
    const { rows } = await sql<{ changes: { id: string; tags: string[] }[]; turned: boolean }>`
      select coalesce(jsonb_agg(jsonb_build_object('id', id::text, 'tags', tags)), '[]') as changes, exists (select from stock_turn) as turned
      from change where at > clock_timestamp() - ${sql.lit('30 seconds')}::interval
    `.execute(this.#db);
    const { changes = [], turned = false } = rows[0] ?? {};
    const fresh = changes.filter(({ id }) => !this.#seen.has(id));
    const remember = () => void (this.#seen = new Set(changes.map(({ id }) => id)));
    return { tags: [...new Set(fresh.flatMap(({ tags }) => tags))], turned, remember };
  }
}

/** The rounds that every replica makes once a second; each step may be made by any number of them at once. */
export function startFollowing({ db, checkoutDb, cache, log }: FollowDeps): () => Promise<void> {
  const reader = new ChangeReader(db);
  let stopped = false;
  let rounds = 0;
  let failing = false;
  let running = Promise.resolve();
  let timer: NodeJS.Timeout;

  const round = async () => {
    try {
      await sweepAll(checkoutDb);
      const { tags, turned, remember } = await reader.next();
      if (turned) await applyTurns(db);
      if (tags.length > 0) await cache.dropTags(tags);
      remember();
      rounds += 1;
      if (rounds % PURGE_EVERY === 0) await purge({ db, checkoutDb });
      failing = false;
    } catch (error) {
      if (!failing) log.warn({ err: error }, 'the rounds through changes and lapsed holds fail; trying on');
      failing = true;
    }
    if (!stopped) plan();
  };
  const plan = () => {
    // Replicas that started together drift apart.
    timer = setTimeout(() => (running = round()), EVERY_MS * (0.9 + Math.random() * 0.2)).unref();
  };
  plan();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await running;
  };
}

async function purge({ db, checkoutDb }: Pick<FollowDeps, 'db' | 'checkoutDb'>): Promise<void> {
  await purgeSettled(checkoutDb);
  await sql`delete from change where at < now() - interval '10 minutes'`.execute(db);
}
