import { readFileSync, writeFileSync } from 'node:fs';
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
  /** What the provider had counted before the first shopper came. */
  callsBefore: Ledger['calls'];
  samples: readonly StockSample[];
  mails: readonly Mail[];
  /** Nothing was broken meanwhile. */
  calm?: boolean;
  prefix: string;
}

/** As JSON, so that it can be decided again. */
export function writeWorld(file: string, world: World): void {
  writeFileSync(file, JSON.stringify(world));
}

export function readWorld(file: string): World {
  return JSON.parse(readFileSync(file, 'utf8')) as World;
}
