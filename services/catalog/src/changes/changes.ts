import type { Freshness } from '@emall/runtime';
import { sql } from 'kysely';
import type { Rounds } from '../database.ts';
import { isVisible, type Snapshot, toSnapshot } from './snapshot.ts';

/** Without a word from the change list for so long nothing is known to be current: a dozen rounds. */
const DEAF_MS = 5000;
/** Before every transaction. */
const NOTHING = '3:3:';

/**
 * What has changed, as the change list tells it. A cached answer bears the snapshot of the last look at the list before it
 * was loaded, which is what the load saw at least. It is out of date once a change of one of its tags is known that this
 * snapshot did not see: exact whatever the order in which transactions end, whichever replica loaded it, and whatever was
 * lost on the way. The list keeps twice as long what caches keep.
 */
export class Changes implements Freshness {
  epoch = 0;
  #snapshot = NOTHING;
  #heardAt = -Infinity;
  #byTag = new Map<string, number[]>();
  readonly #deafMs: number;

  /** @param deafMs the longest silence that is not taken for deafness */
  constructor(deafMs = DEAF_MS) {
    this.#deafMs = deafMs;
  }

  /** One look at the list, for what the last one did not see. Says whether there is stock whose copies in `product` are to follow. */
  async read(db: Rounds): Promise<{ turned: boolean }> {
    const { rows } = await sql<{ snapshot: string; changes: [xid: string, tags: string[]][]; turned: boolean }>`
      select pg_current_snapshot()::text as snapshot, exists (select from stock_turn) as turned, (
        select coalesce(jsonb_agg(jsonb_build_array(xid::text, tags)), '[]') from change
        where xid >= pg_snapshot_xmin(${this.#snapshot}::pg_snapshot) and not pg_visible_in_snapshot(xid, ${this.#snapshot}::pg_snapshot)
      ) as changes
    `.execute(db);
    const [row] = rows;
    if (!row) throw new Error('a select without from answered no row');
    for (const [xid, tags] of row.changes) for (const tag of tags) this.#add(tag, Number(xid));
    if (row.changes.length > 0) this.epoch += 1;
    this.#snapshot = row.snapshot;
    this.#heardAt = performance.now();
    return { turned: row.turned };
  }

  /** Reads the whole list anew, so that what has long gone from it is not remembered for ever. */
  async readAnew(db: Rounds): Promise<void> {
    const fresh = new Changes();
    await fresh.read(db);
    this.#byTag = fresh.#byTag;
    this.#snapshot = fresh.#snapshot;
    this.#heardAt = fresh.#heardAt;
    this.epoch += 1;
  }

  stamp(): string | undefined {
    return this.#snapshot === NOTHING ? undefined : this.#snapshot;
  }

  get isDeaf(): boolean {
    return performance.now() > this.#heardAt + this.#deafMs;
  }

  isCurrent(stamp: string, tags: readonly string[]): boolean {
    if (this.isDeaf) return false;
    const snapshot = toSnapshot(stamp);
    return snapshot !== undefined && tags.every((tag) => this.#knows(snapshot, tag));
  }

  #knows(snapshot: Snapshot, tag: string): boolean {
    const xids = this.#byTag.get(tag) ?? [];
    // The latest are the last, and as a rule decide: of those before the snapshot nothing need be looked at.
    for (let i = xids.length - 1; i >= 0; i -= 1) if (!isVisible(snapshot, xids[i] ?? 0)) return false;
    return true;
  }

  #add(tag: string, xid: number): void {
    const xids = this.#byTag.get(tag);
    if (xids) xids.push(xid);
    else this.#byTag.set(tag, [xid]);
  }
}
