import { createDatabase, type Log, poolSize, type Protections } from '@emall/runtime';
import type { Browse, BrowseTables, Checkout, CheckoutTables, Rounds } from './database.ts';

export interface Pools {
  db: Browse;
  checkoutDb: Checkout;
  rounds: Rounds;
  /** How many of the checkout's connections a crowd before the same few SKUs may have. */
  crowd: number;
  close(): Promise<unknown>;
}

export interface PoolsOptions {
  url: string;
  /** The share of all replicas. */
  connections: number;
  replicas: number;
  protections: Protections;
  log: Log;
}

/**
 * One connection for the rounds; of the others half for browsing and half for the checkout, so that neither a surge nor a
 * locked table takes what the others need. Without the budget all use one pool of whatever size is given: that was 2023.
 */
export function openPools({ url, connections, replicas, protections, log }: PoolsOptions): Pools {
  if (!protections.has('connection-budget')) {
    const one = createDatabase<BrowseTables & CheckoutTables>({ url, name: 'all', max: connections, log });
    return { db: one as unknown as Browse, checkoutDb: one as unknown as Checkout, rounds: one, crowd: connections, close: () => one.destroy() };
  }
  const size = poolSize({ connections, replicas });
  const browsing = Math.floor((size - 1) / 2);
  const db = createDatabase<BrowseTables>({ url, name: 'browse', max: browsing, statementTimeoutMs: 1500, log });
  const checkout = size - 1 - browsing;
  const checkoutDb = createDatabase<CheckoutTables>({ url, name: 'checkout', max: checkout, log });
  const rounds = createDatabase<BrowseTables & CheckoutTables>({ url, name: 'rounds', max: 1, log });
  return { db, checkoutDb, rounds, crowd: Math.max(1, Math.floor(checkout / 2)), close: () => Promise.all([db.destroy(), checkoutDb.destroy(), rounds.destroy()]) };
}
