import { monitorEventLoopDelay, performance } from 'node:perf_hooks';

/**
 * How long a call that arrives waits for the process to look at it, on average since the last time this was asked,
 * milliseconds. Whoever arrives during an iteration of the event loop waits for the rest of it, and long iterations meet more
 * arrivals than short ones: that is Σd² / 2T for iterations of d within T. Unlike a timer that is late, it costs an
 * idle process nothing, and a single pause of 60 ms (a collection of garbage) makes 18 ms of it within 100 ms.
 */
export function measureLoopWait(): () => number {
  const iterations = monitorEventLoopDelay({ samplePerIteration: true });
  iterations.enable();
  let since = performance.now();
  return () => {
    const now = performance.now();
    const elapsed = now - since;
    since = now;
    const { count } = iterations;
    if (count === 0 || elapsed <= 0) return 0;
    const mean = iterations.mean / 1e6;
    const deviation = iterations.stddev / 1e6;
    iterations.reset();
    return (count * (mean * mean + deviation * deviation)) / (2 * elapsed);
  };
}
