import { setTimeout as sleep } from 'node:timers/promises';
import { pending } from './history/pending.ts';
import type { SnapshotSource } from './history/snapshot.ts';
import { asAdministrator } from './inject/postgres.ts';
import { type TestShop, until } from '../local/shop.ts';
import { HOLD_MS, type Target } from './target.ts';

const READY_MS = 90_000;
/** What the specification gives the shop to finish or undo everything, once the last hold has lapsed. */
const BOUND_MS = HOLD_MS + 60_000;

/** Waits until every process is there and is asked again. */
export async function untilReady(shop: TestShop): Promise<void> {
  const away = () => shop.topology().processes.filter(({ state }) => state !== 'ready');
  await until(() => away().length === 0, READY_MS, () => `not ready: ${away().map(({ name, state }) => `${name} (${state})`).join(', ')}`);
}

/** Waits until nothing is pending. Whatever still is after the bound is given back: it will not end any more. */
export async function atRest(target: Target, source: Omit<SnapshotSource, 'database'>): Promise<{ pending: string[]; ms: number }> {
  const start = performance.now();
  return asAdministrator(target, async (database) => {
    for (;;) {
      const left = await pending({ database, ...source });
      const ms = performance.now() - start;
      if (left.length === 0 || ms > BOUND_MS) return { pending: left, ms };
      await sleep(250);
    }
  });
}
