import { setTimeout as wait } from 'node:timers/promises';
import { inTransaction } from '@emall/runtime';
import type { Database, Trx } from '../database.ts';
import { formatAmount } from './amounts.ts';
import { findRefund } from './queries.ts';
import { NotRefundable, type Requested } from './request.ts';

const LOOK_MS = 200;

export interface Telling {
  /** What it is about, for who reads. */
  number: string;
  currency: string;
  say(line: string): void;
}

/** Promises a refund. The answer to a commit can be lost: asked a second time it is the same refund. */
export async function promise(db: Database, request: (trx: Trx) => Promise<Requested>, { number, currency }: Telling): Promise<Requested> {
  const attempt = () => inTransaction(db, request);
  try {
    return await attempt().catch((error: unknown) => (error instanceof NotRefundable || error instanceof RangeError ? Promise.reject(error) : attempt()));
  } catch (error) {
    if (error instanceof NotRefundable) throw new Error(`${number}: ${error.message}${error.left > 0 ? `, which is ${formatAmount(error.left, currency)}` : ''}.`, { cause: error });
    throw new Error(`${number}: it is not known whether the refund was promised. Look with "refund ${number} --list" before you repeat this.`, { cause: error });
  }
}

/** Waits until the shop's own jobs have made a refund, and says how it went. @returns an exit code */
export async function outcome(db: Database, id: string, patienceMs: number, say: Telling['say']): Promise<number> {
  const state = await stateOf(db, id, patienceMs);
  if (state === 'open') say('The provider has not confirmed it yet. It is asked again until it does; there is no need to repeat this.');
  if (state === 'failed') say(`The provider did not return it, so it is not promised any more. The log of the order service says why; "refund ${id}" makes it again.`);
  return state === 'failed' ? 1 : 0;
}

async function stateOf(db: Database, id: string, patienceMs: number) {
  for (const end = performance.now() + patienceMs; ; await wait(LOOK_MS)) {
    const refund = await findRefund(db, id);
    if (refund?.state !== 'open' || performance.now() > end) return refund?.state;
  }
}
