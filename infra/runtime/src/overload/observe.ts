import { admissionInFlight, admissionLimit, eventLoopWait } from '../metrics.ts';
import type { Limiter } from './limiter.ts';

/** Tells what the limiter found at each scrape. */
export function observeLimiter(limiter: Limiter): void {
  for (const level of limiter.levels) {
    const labels = { 'emall.worth': level.name };
    admissionLimit.addCallback((gauge) => gauge.observe(level.limit, labels));
    admissionInFlight.addCallback((gauge) => gauge.observe(level.inFlight, labels));
  }
  eventLoopWait.addCallback((gauge) => gauge.observe(limiter.loopWaitMs / 1000));
}
