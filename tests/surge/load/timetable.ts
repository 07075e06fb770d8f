import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/** So often it looks whether it is to stop. */
const LOOK_MS = 200;

/**
 * Does things at their time, and knows how late it was: a generator that is late itself measures itself and not the shop.
 * Moments are those of `performance.now()`, in milliseconds.
 */
export class Timetable {
  readonly begin = performance.now();
  /** In microseconds. */
  readonly lateness: RecordableHistogram = createHistogram();

  /** Waits until a moment; not at all when it is over. */
  async at(moment: number): Promise<void> {
    const wait = moment - performance.now();
    // Timers are rounded down to whole milliseconds.
    if (wait > 0) await sleep(Math.ceil(wait));
    this.started(moment);
  }

  /** Starts somebody at each of the moments, which go upwards and are counted from the beginning. Nobody who was started is waited for. */
  async each(moments: readonly number[], start: (moment: number, index: number) => void, signal?: AbortSignal): Promise<void> {
    for (let next = 0; next < moments.length; ) {
      if (signal?.aborted) return;
      const wait = this.begin + (moments[next] ?? 0) - performance.now();
      if (wait > 0) await sleep(Math.min(Math.ceil(wait), LOOK_MS));
      for (const now = performance.now() - this.begin; next < moments.length && (moments[next] ?? 0) <= now; next += 1) {
        const moment = this.begin + (moments[next] ?? 0);
        this.started(moment);
        start(moment, next);
      }
    }
  }

  /** Something that was due at that moment begins now. */
  started(moment: number): void {
    this.lateness.record(Math.max(1, Math.round((performance.now() - moment) * 1000)));
  }

  latenessMs(percentile: number): number {
    return this.lateness.count === 0 ? 0 : this.lateness.percentile(percentile) / 1000;
  }
}
