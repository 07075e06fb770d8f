import type { Call } from '../history/call.ts';
import type { Ledger } from '../history/ledger.ts';
import type { Mail } from '../history/mails.ts';
import type { Snapshot, StockSample } from '../history/rows.ts';

/** The independent records of one schedule: what clients saw, what the provider charged, what the shop's tables say. */
export interface World {
  calls: readonly Call[];
  /** Before the first shopper came, and at rest after the last. */
  before: Snapshot;
  after: Snapshot;
  ledger: Ledger;
  samples: readonly StockSample[];
  mails: readonly Mail[];
  prefix: string;
}

export interface Violation {
  /** `I1` to `I17`, as in docs. */
  invariant: string;
  what: string;
}

/** Decides every invariant; nothing when all hold. */
export function check(_world: World): Violation[] {
  return [];
}
