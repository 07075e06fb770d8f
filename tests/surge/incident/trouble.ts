import { setTimeout as sleep } from 'node:timers/promises';
import { lengthOf, type Phase, spanOf } from '../plan/schedule.ts';
import type { Stage } from '../run.ts';
import { dropIndex, hasIndex, restoreIndex } from './bad-query.ts';
import { aThird, Outsider } from './outsider.ts';

/** When somebody has understood and repaired it, after the surge. */
const REPAIRED_AFTER_S = 10;

/** The seconds in which the fault is there: from the first rise of the traffic until some time after the surge. */
export function troubledTime(phases: readonly Phase[]): { from: number; to: number } {
  return { from: spanOf(phases, 'ramp').from, to: Math.min(spanOf(phases, 'surge').to + REPAIRED_AFTER_S, lengthOf(phases)) };
}

/** The bad query and the outsider of 2023, from the moment at which the crowd begins. Whatever happens, all is put back. */
export async function sufferIncident({ shop, signal, say }: Stage, phases: readonly Phase[]): Promise<void> {
  const { from, to } = troubledTime(phases);
  await sleep(from * 1000, undefined, { signal });
  const { database, url } = await shop.connect();
  const outsider = new Outsider(url, database);
  let definition: string | undefined;
  try {
    definition = await dropIndex(database);
    say(`       the index of the listings is gone, and somebody else has ${await outsider.take(await aThird(database))} connections`);
    await sleep((to - from) * 1000, undefined, { signal });
  } finally {
    await outsider.leave();
    if (definition !== undefined) await restoreIndex(database, definition);
    say(`       the index is ${(await hasIndex(database)) ? 'back' : 'NOT BACK'}, and the connections are free`);
    await database.end();
  }
}
