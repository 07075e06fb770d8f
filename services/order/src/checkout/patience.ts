import type { App } from '@emall/runtime';
import { stillRunning } from '../errors.ts';

/**
 * How long a shopper waits for the payment provider. It may take 4 s, and nginx takes a replica for a frozen one that does not
 * answer within 1.8 s: an order that waits must not look like that.
 */
const PATIENCE_MS = 1300;

/** @param work is given what it calls when nothing is left to do but to ask the provider */
export type Patiently = <T>(work: (asking: () => void) => Promise<T>) => Promise<T>;

/**
 * Answers "still running" (409 with Retry-After) to who waits too long for the provider, and lets the order go on: a repeat
 * with its key waits for the outcome, and then gets it. The process is not closed before it is done.
 */
export function createPatience(app: App): Patiently {
  const unfinished = new Set<Promise<void>>();
  app.addHook('onClose', async () => void (await Promise.all(unfinished)));
  return async (work) => {
    let timer: NodeJS.Timeout | undefined;
    const { promise: late, reject } = Promise.withResolvers<never>();
    const done = work(() => (timer ??= setTimeout(() => {
      unfinished.add(settled);
      reject(stillRunning({ detail: 'Your order is still being placed. Ask again in a second.', headers: { 'retry-after': '1' } }));
    }, PATIENCE_MS)));
    const settled: Promise<void> = done.then(() => undefined, () => undefined).then(() => void unfinished.delete(settled));
    try {
      return await Promise.race([done, late]);
    } finally {
      clearTimeout(timer);
    }
  };
}
