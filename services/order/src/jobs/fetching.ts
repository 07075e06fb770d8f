import type { WorkerEvents } from 'graphile-worker';

/**
 * Every new job is announced to every runner of every replica, and each would ask for it: under eight orders at a time 2.7
 * to 5.4 fetches an order. After a fetch that found less than it asked for a runner waits 75 to 225 ms, and finds more.
 */
const PAUSE_MS = 150;

/** How jobs are fetched, at most so many at once. What nobody here has begun after 10 s goes back to the others. */
export function fetching(size: number) {
  return { size, ttl: 10_000, refetchDelay: { durationMs: PAUSE_MS, threshold: size - 1, maxAbortThreshold: Number.POSITIVE_INFINITY } };
}

/**
 * graphile-worker 0.18 counts the jobs that are announced during a pause, and forgets them at its end: they would wait
 * for the next look by the clock, up to a second.
 */
export function lookAgain(events: WorkerEvents): void {
  events.on('localQueue:refetchDelay:expired', ({ localQueue }) => {
    const announced = localQueue['refetchDelayCounter'];
    // Once it has decided for itself.
    if (announced > 0) queueMicrotask(() => localQueue.pulse(announced));
  });
}
