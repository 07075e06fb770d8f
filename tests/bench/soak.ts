import { setTimeout as sleep } from 'node:timers/promises';
import type { Load } from './load/load.ts';
import type { World } from './load/operations.ts';
import { memoryOf } from './shop/memory.ts';
import type { BenchShop } from './shop/shop.ts';
import { median } from './stats.ts';
import type { Verdict } from './verdict.ts';

export interface Sample {
  seconds: number;
  /** Anonymous memory in MB by replica. */
  memory: Record<string, number>;
}

const EVERY_MS = 5000;
const CONCURRENCY = 4;
const BATCH = 200;

/** People shop for so long; how much memory each replica has for itself meanwhile. */
export async function soak(shop: BenchShop, load: Load, world: World, minutes: number, stopped: AbortSignal): Promise<Sample[]> {
  const samples: Sample[] = [];
  const start = performance.now();
  const over = () => performance.now() - start > minutes * 60_000 || stopped.aborted;
  await load.tell({ kind: 'open', as: 'soak', to: shop.door, operation: 'mixed', world });
  const shoppers = async () => {
    while (!over()) await load.tell({ kind: 'run', as: 'soak', count: BATCH, concurrency: CONCURRENCY });
  };
  const sampler = async () => {
    while (!over()) {
      samples.push({ seconds: (performance.now() - start) / 1000, memory: memoryOf(shop) });
      await sleep(EVERY_MS);
    }
  };
  await Promise.all([shoppers(), sampler()]);
  await load.tell({ kind: 'close', as: 'soak' });
  stopped.throwIfAborted();
  return samples;
}

/** How much more a replica may hold in the last quarter than in the second one; the first is for filling what is bounded. */
const MOST_GROWTH = 1.05;

export function verdictsOfSoak(samples: readonly Sample[]): Verdict[] {
  const quarter = Math.floor(samples.length / 4);
  const names = Object.keys(samples[0]?.memory ?? {});
  const middle = (part: readonly Sample[], name: string) => median(part.map(({ memory }) => memory[name] ?? Number.NaN));
  return names.map((name) => {
    const found = middle(samples.slice(-quarter), name) / middle(samples.slice(quarter, 2 * quarter), name);
    return { what: `${name}, memory at the end of the soak as a multiple of its beginning`, found, budget: MOST_GROWTH, unit: '×', met: found <= MOST_GROWTH };
  });
}
