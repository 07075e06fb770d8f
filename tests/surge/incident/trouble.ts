import { setTimeout as sleep } from 'node:timers/promises';
import { lengthOf, type Phase, spanOf } from '../plan/schedule.ts';
import type { Stage } from '../run.ts';
import { dropIndex, hasIndex, restoreIndex } from './bad-query.ts';
import { Outsider } from './outsider.ts';

/** When somebody has understood and repaired it, after the surge. */
export const REPAIRED_AFTER_S = 10;

/** The bad query and the outsider of 2023: from the first rise of the traffic until some seconds after the surge. Whatever happens, all is put back. */
export async function sufferIncident({ shop, signal, say }: Stage, phases: readonly Phase[]): Promise<void> {
  const ramp = spanOf(phases, 'ramp');
  const end = Math.min(spanOf(phases, 'surge').to + REPAIRED_AFTER_S, lengthOf(phases));
  await sleep(ramp.from * 1000, undefined, { signal });
  const { database, url } = await shop.connect();
  const outsider = new Outsider(url, database);
  let definition: string | undefined;
  try {
    definition = await dropIndex(database);
    say(`       the index of the listings is gone, and somebody else has ${await outsider.take()} connections`);
    await sleep((end - ramp.from) * 1000, undefined, { signal });
  } finally {
    await outsider.leave();
    if (definition !== undefined) await restoreIndex(database, definition);
    say(`       the index is ${(await hasIndex(database)) ? 'back' : 'NOT BACK'}, and the connections are free`);
    await database.end();
  }
}
