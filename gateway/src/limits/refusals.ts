import { limitedRequests, type Log } from '@emall/runtime';

const LOG_EVERY_MS = 1000;

/** How often each limit refused: a metric, and at most a log line a second. Who it was is in the edge's log, by the status 429. */
export class Refusals {
  readonly #log: Log;
  readonly #unsaid = new Map<string, { count: number; saidAt: number }>();

  constructor(log: Log) {
    this.#log = log;
  }

  count(limit: string, now: number): void {
    limitedRequests.add(1, { limit });
    const unsaid = this.#unsaid.get(limit) ?? { count: 0, saidAt: Number.NEGATIVE_INFINITY };
    unsaid.count += 1;
    if (now - unsaid.saidAt >= LOG_EVERY_MS) {
      this.#log.warn({ limit, refused: unsaid.count }, 'rate limit reached');
      unsaid.count = 0;
      unsaid.saidAt = now;
    }
    this.#unsaid.set(limit, unsaid);
  }
}
