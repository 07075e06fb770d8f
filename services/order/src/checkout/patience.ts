import { type App, timeLimit } from '@emall/runtime';
import { stillRunning } from '../errors.ts';

/**
 * Within this a shopper hears from us, whoever it is that we wait for. nginx takes a replica for a frozen one that does not
 * answer within 1.8 s, and asks another one the same: cart, catalog and provider that are slow must not look like that.
 * More than the 1.5 s in which nginx finds out that a replica of cart or catalog is frozen, and asks its neighbour.
 */
export const ANSWER_MS = 1600;

export type Patiently = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Answers "still running" (409 with Retry-After) to who waits too long, and lets the order go on: a repeat with its key
 * waits for the outcome, and then gets it. The process is not closed before it is done.
 */
export function createPatience(app: App, answerMs: number): Patiently {
  const unfinished = new Set<Promise<void>>();
  app.addHook('onClose', async () => void (await Promise.all(unfinished)));
  return async (work) => {
    const done = work();
    const settled: Promise<void> = done.then(() => undefined, () => undefined).then(() => void unfinished.delete(settled));
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      unfinished.add(settled);
      reject(stillRunning({ detail: 'Your order is still being placed. Ask again in a second.', headers: { 'retry-after': '1' } }));
    }, timeLimit(answerMs));
    try {
      return await Promise.race([done, late]);
    } finally {
      clearTimeout(timer);
    }
  };
}
