import { setTimeout as sleep } from 'node:timers/promises';
import { readLedger } from './history/ledger.ts';
import { type Unfinished, unfinished } from './history/pending.ts';
import { asAdministrator } from './inject/postgres.ts';
import { type TestShop, until } from '../local/shop.ts';
import type { Target } from './target.ts';

const READY_MS = 90_000;
/** What the specification gives the shop to finish or undo everything, once faults have stopped and its hold has lapsed. */
const BOUND_MS = 60_000;

/** Waits until every process is there and is asked again. */
export async function untilReady(shop: TestShop): Promise<void> {
  const away = () => shop.topology().processes.filter(({ state }) => state !== 'ready');
  await until(() => away().length === 0, READY_MS, () => `not ready: ${away().map(({ name, state }) => `${name} (${state})`).join(', ')}`);
}

/**
 * Waits until nothing is pending; or until something is for longer than it may, which is given back.
 * @param begun from when on the provider's events count
 * @param since milliseconds since the epoch at which nothing stood in its way any more, from when the wait is told
 */
export async function atRest(target: Target, begun: Date, since: number): Promise<{ late: string[]; ms: number }> {
  return asAdministrator(target, async (database) => {
    for (;;) {
      const left = [...(await unfinished({ database })), ...(await undelivered(target, begun))];
      const late = left.filter((each) => Date.now() > Math.max(each.since, since) + BOUND_MS);
      if (left.length === 0 || late.length > 0) return { late: late.map(({ what }) => what), ms: Date.now() - since };
      await sleep(250);
    }
  });
}

/** What the provider still has to say would arrive after the verdict. */
async function undelivered(target: Target, begun: Date): Promise<Unfinished[]> {
  const { events } = await readLedger(target.sandbox(), begun);
  return events
    .filter(({ acknowledged, ended }) => !acknowledged && !ended)
    .map(({ id, type, order, created }) => ({ what: `event ${id} (${type}) of order ${order} is not delivered`, since: created * 1000 }));
}
