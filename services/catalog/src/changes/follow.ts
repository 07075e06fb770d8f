import type { Log } from '@emall/runtime';
import { sql } from 'kysely';
import type { Rounds } from '../database.ts';
import { purgeSettled, sweepAll } from '../stock/sweep.ts';
import { applyTurns } from '../stock/turns.ts';
import type { Bus } from './bus.ts';
import type { Changes } from './changes.ts';

/** Stock that turned waits for two rounds at most, one that copies it and one that sees the copy: within a second. */
const EVERY_MS = 400;
const SWEEP_EVERY = 3;
const PURGE_EVERY = 1500;

export interface FollowDeps {
  /** A connection of its own: a surge that fills all others must not keep what is sold out on the pages. */
  rounds: Rounds;
  changes: Changes;
  bus: Bus;
  log: Log;
}

/** The rounds that every replica makes, sooner when another one has told; each step may be made by any number of them at once. */
export function startFollowing({ rounds: db, changes, bus, log }: FollowDeps): () => Promise<void> {
  let stopped = false;
  let rounds = 0;
  const failing = new Set<string>();
  let again = false;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout;

  const look = async () => {
    const { turned } = await changes.read(db);
    if (!turned || (await applyTurns(db)) === 0) return;
    bus.tell();
    await changes.read(db);
  };
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
  const round = async () => {
    await attempt('changes', look);
    if (rounds % SWEEP_EVERY === 0) await attempt('sweep', () => sweepAll(db));
    rounds += 1;
    if (rounds % PURGE_EVERY === 0) await attempt('purge', () => purge(db, changes));
  };
  const begin = () => {
    running = round().finally(() => {
      running = undefined;
      if (!stopped) plan(again ? 0 : EVERY_MS);
      again = false;
    });
  };
  // Replicas that started together drift apart.
  const plan = (ms: number) => void (timer = setTimeout(begin, ms * (0.9 + Math.random() * 0.2)).unref());
  bus.onTold(() => {
    if (stopped) return;
    again = running !== undefined;
    if (again) return;
    clearTimeout(timer);
    begin();
  });
  begin();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await running;
  };
}

/** A change is kept for twice as long as what a cache may hold of before it. */
async function purge(db: Rounds, changes: Changes): Promise<void> {
  await purgeSettled(db);
  await sql`delete from change where at < now() - interval '20 minutes'`.execute(db);
  await changes.readAnew(db);
}
