import type { Log } from '@emall/runtime';
import { sql } from 'kysely';
import type { Rounds } from '../database.ts';
import { purgeSettled, sweepSome } from '../stock/sweep.ts';
import { applyTurns } from '../stock/turns.ts';
import type { Bus } from './bus.ts';
import type { Changes } from './changes.ts';

/** Stock that turned waits for two rounds at most, one that copies it and one that sees the copy: within a second. */
const EVERY_MS = 400;
/** From the beginning of one look at the change list to that of the next, however often other replicas tell. */
const PAUSE_MS = 100;
const SWEEP_MS = 1200;
const PURGE_MS = 600_000;

export interface FollowDeps {
  /** A connection of its own: a surge that fills all others must not keep what is sold out on the pages. */
  rounds: Rounds;
  changes: Changes;
  bus: Bus;
  log: Log;
}

/**
 * The rounds that every replica makes; each step may be made by any number of them at once. Whoever is told by another one
 * looks at the change list sooner, and does no more: if being told made it copy what sold out, and tell of that, two replicas
 * would drive each other through a rush as fast as the database can flush.
 */
export function startFollowing({ rounds: db, changes, bus, log }: FollowDeps): () => Promise<void> {
  const failing = new Set<string>();
  const sweepIsDue = every(SWEEP_MS);
  const purgeIsDue = every(PURGE_MS, performance.now());
  let stopped = false;
  let told = false;
  let lookedAt = -Infinity;
  let roundAt = 0;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout;

  /** What fails keeps nothing else from being done. */
  const attempt = async (what: string, work: () => Promise<unknown>) => {
    try {
      await work();
      failing.delete(what);
    } catch (error) {
      if (!failing.has(what)) log.warn({ err: error, what }, 'a part of the rounds through changes and lapsed holds fails; trying on');
      failing.add(what);
    }
  };
  const copy = async () => {
    const { turned } = await changes.read(db);
    if (!turned || (await applyTurns(db)) === 0) return;
    bus.tell();
    await changes.read(db);
  };
  const round = async () => {
    await attempt('changes', copy);
    if (sweepIsDue()) await attempt('sweep', () => sweepSome(db));
    if (purgeIsDue()) await attempt('purge', () => purge(db, changes));
  };
  const begin = () => {
    lookedAt = performance.now();
    told = false;
    const isRound = lookedAt >= roundAt;
    running = (isRound ? round() : attempt('changes', () => changes.read(db))).finally(() => {
      running = undefined;
      // Replicas that started together drift apart.
      if (isRound) roundAt = performance.now() + EVERY_MS * (0.9 + Math.random() * 0.2);
      plan();
    });
  };
  const plan = () => {
    if (stopped || running) return;
    clearTimeout(timer);
    const at = Math.max(lookedAt + PAUSE_MS, told ? 0 : roundAt);
    timer = setTimeout(begin, Math.ceil(Math.max(0, at - performance.now()))).unref();
  };
  bus.onTold(() => {
    told = true;
    plan();
  });
  begin();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await running;
  };
}

/** Asked now and then, says whether so long has passed since it last said so. */
function every(ms: number, since = -Infinity): () => boolean {
  let last = since;
  return () => {
    const isDue = performance.now() >= last + ms;
    if (isDue) last = performance.now();
    return isDue;
  };
}

/** A change is kept for twice as long as what a cache may hold of before it. */
async function purge(db: Rounds, changes: Changes): Promise<void> {
  await purgeSettled(db);
  await sql`delete from change where at < now() - interval '20 minutes'`.execute(db);
  await changes.readAnew(db);
}
