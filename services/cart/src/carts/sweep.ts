import { type Log } from '@emall/runtime';
import { type RawBuilder, sql } from 'kysely';
import type { Database } from './queries.ts';

const BATCH = 500;
const EVERY_MS = 10 * 60_000;

/** What is old goes in short transactions; rows that a shopper or another replica holds are left for the next round. */
export async function sweepCarts(db: Database): Promise<{ carts: number; adds: number; clears: number }> {
  return {
    carts: await removeBatches(db, sql`
      delete from cart where shopper in (
        select shopper from cart where touched_on < current_date - 30 order by touched_on limit ${BATCH} for update skip locked)`),
    adds: await removeBatches(db, sql`
      delete from cart_add where (shopper, key) in (
        select shopper, key from cart_add where added_at < now() - interval '1 day' order by added_at limit ${BATCH} for update skip locked)`),
    // Longer than any job tries to tell us of an order.
    clears: await removeBatches(db, sql`
      delete from cart_clear where order_id in (
        select order_id from cart_clear where cleared_at < now() - interval '90 days' order by cleared_at limit ${BATCH} for update skip locked)`),
  };
}

async function removeBatches(db: Database, statement: RawBuilder<unknown>): Promise<number> {
  let total = 0;
  for (;;) {
    const { numAffectedRows = 0n } = await statement.execute(db);
    total += Number(numAffectedRows);
    if (numAffectedRows < BATCH) return total;
  }
}

/** Sweeps every ten minutes, each replica at its own moment. Returns what stops it. */
export function startSweeping({ db, log, everyMs = EVERY_MS }: { db: Database; log: Log; everyMs?: number }): () => Promise<void> {
  let stopped = false;
  let running = Promise.resolve();
  let timer: NodeJS.Timeout;
  const sweep = async () => {
    try {
      log.info(await sweepCarts(db), 'swept old carts');
    } catch (error) {
      log.warn({ err: error }, 'old carts could not be swept');
    }
    if (!stopped) plan();
  };
  const plan = () => {
    timer = setTimeout(() => (running = sweep()), everyMs * (0.5 + Math.random())).unref();
  };
  plan();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await running;
  };
}
