import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Request, Shopper } from './shopper.ts';

const PATIENCE_MS = 20_000;
const LONGEST_PAUSE_MS = 3000;
/** Every third call that changes something. */
const ABANDONED = 1 / 3;
const NEVER_ASKED_AGAIN = 0.15;

/**
 * What a good client does that may hang up at any moment: repeats with the same key what it does not know, pauses as
 * `Retry-After` asks, and stops at a definite answer, when its patience ends, or because it lost interest.
 */
export async function persist(shopper: Shopper, request: Request): Promise<Answer> {
  const { random } = shopper;
  const end = Date.now() + PATIENCE_MS;
  for (let attempt = 0; ; attempt += 1) {
    const abandon = !shopper.patient && request.method !== 'GET' && request.kind !== 'quote' && random.chance(ABANDONED);
    const answer = await shopper.send({ ...request, abandon });
    if (answer.call.outcome !== 'info' || Date.now() > end) return answer;
    if (abandon && random.chance(NEVER_ASKED_AGAIN)) return answer;
    const pause = answer.retryAfterMs ?? (abandon ? 20 : Math.min(1000, 50 * 2 ** attempt));
    await sleep(Math.min(pause, LONGEST_PAUSE_MS) * (0.5 + random.next()));
  }
}
