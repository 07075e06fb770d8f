import { setTimeout as sleep } from 'node:timers/promises';
import type { StockSample } from './history/rows.ts';
import { sampleStock, type SnapshotSource } from './history/snapshot.ts';
import { asAdministrator } from './inject/postgres.ts';
import type { Target } from './target.ts';

const EVERY_MS = 1000;

/** Looks at stock every second, as often as the database can be asked: faults are no reason to stop. */
export class Sampler {
  readonly samples: StockSample[] = [];
  readonly #over = new AbortController();
  readonly #done: Promise<void>;

  constructor(target: Target, source: Omit<SnapshotSource, 'database'>) {
    this.#done = this.#sample(target, source);
  }

  async stop(): Promise<void> {
    this.#over.abort();
    await this.#done;
  }

  async #sample(target: Target, source: Omit<SnapshotSource, 'database'>): Promise<void> {
    while (!this.#over.signal.aborted) {
      const look = asAdministrator(target, (database) => sampleStock({ database, ...source }));
      this.samples.push(...(await look.catch(() => [])));
      await sleep(EVERY_MS, undefined, { signal: this.#over.signal }).catch(() => {});
    }
  }
}
