import { AsyncLocalStorage } from 'node:async_hooks';
import type { Database } from '../database.ts';
import { type Claim, renewClaims } from './queries.ts';

/** Holds a claim on until the function it returns is called. */
export type HoldOn = (claim: Claim) => () => void;

/** Four times within the 2 s that a claim lasts. */
const RENEW_MS = 500;
/** Most checkouts are done sooner, and cost nothing here. */
const SPARED_MS = 250;
/** Renewals are none of the statements that a request may cost. */
const outsideRequests = AsyncLocalStorage.snapshot();

/** For all checkouts of a process: one statement every 500 ms renews whatever they hold, so that many slow ones do not make each other slower. */
export function createHoldOn(db: Database): HoldOn {
  const held = new Map<Claim, number>();
  let timer: NodeJS.Timeout | undefined;
  let busy = false;
  const renew = async () => {
    const due = [...held].filter(([, since]) => performance.now() - since >= SPARED_MS).map(([claim]) => claim);
    if (busy || due.length === 0) return;
    busy = true;
    // One that fails only means that a repeat may begin sooner, which is safe.
    await renewClaims(db, due).catch(() => undefined);
    busy = false;
  };
  return (claim) => {
    held.set(claim, performance.now());
    timer ??= outsideRequests(() => setInterval(() => void renew(), RENEW_MS));
    return () => {
      held.delete(claim);
      if (held.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    };
  };
}
