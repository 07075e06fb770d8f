import type { Answer } from '../load/browser.ts';

/** What a call is worth to the shop, as the gateway sees it (gateway/src/proxy/worth.ts), in three. */
export type Worth = 'checkout' | 'cart' | 'browse';
export const WORTHS: readonly Worth[] = ['checkout', 'cart', 'browse'];

/** good: what was asked for, or a true refusal, in time. late: the same, when nobody looked any more. shed: "not now", with a time to come again. */
export type Outcome = 'good' | 'late' | 'shed' | 'failed';
export const OUTCOMES: readonly Outcome[] = ['good', 'late', 'shed', 'failed'];

/** As long as the edge grants (nginx/README.md, "Waiting"). */
const IN_TIME_MS: Record<Worth, number> = { browse: 2000, cart: 2000, checkout: 6000 };

export function outcomeOf({ status, retryAfter, ms }: Pick<Answer, 'status' | 'retryAfter' | 'ms'>, worth: Worth): Outcome {
  // A 409 that says when to come again: an earlier press of the button is still under way.
  if ((status === 503 || status === 429 || status === 409) && retryAfter !== undefined) return 'shed';
  // Nobody asks for what is not there: any other 4xx would be a fault of the shop. 409 says that something is sold out, which no page does.
  const answered = (status >= 200 && status < 400) || (status === 409 && worth !== 'browse');
  if (!answered) return 'failed';
  return ms <= IN_TIME_MS[worth] ? 'good' : 'late';
}

export function worthOf(path: string): Worth {
  if (/^\/(checkout|orders|api\/orders)(?![^/?])/.test(path)) return 'checkout';
  return /^\/(cart|api\/cart)(?![^/?])/.test(path) ? 'cart' : 'browse';
}
