import { AsyncLocalStorage } from 'node:async_hooks';
import type { Database } from '../database.ts';
import { type Claim, renewClaim } from './queries.ts';

/** Four times within the 2 s that a claim lasts. */
const RENEW_MS = 500;
/** Renewals are none of the statements that a request may cost. */
const outsideRequests = AsyncLocalStorage.snapshot();

/** Renews the claim until the function it returns is called. */
export function holdOn(db: Database, claim: Claim): () => void {
  let busy = false;
  const tick = async () => {
    if (busy) return;
    busy = true;
    // One that fails only means that a repeat may begin sooner, which is safe.
    await renewClaim(db, claim).catch(() => undefined);
    busy = false;
  };
  const timer = outsideRequests(() => setInterval(() => void tick(), RENEW_MS));
  return () => clearInterval(timer);
}
