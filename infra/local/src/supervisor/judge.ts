import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { IDENTITY_HEADER, REFUSED_HEADER, signIdentity } from '@emall/runtime';
import { Fault } from '../fault.ts';
import type { Service } from '../processes.ts';
import { isAlive } from '../system/processes.ts';
import type { Supervised } from './supervised.ts';
import { since, type Told, toldByAll } from './told.ts';

/** One failure may be anybody's. More than two nobody sees: nginx leaves out a replica that has failed twice for some seconds. */
const ENOUGH = 2;
const MARGIN = 0.01;
const LOOK_MS = 200;

/**
 * A version is worse when it fails twice or more, and more than twice as often as the one before, and one in a hundred
 * besides; or when a job only ever fails in it that the one before gets done meanwhile.
 * @returns why it is worse; undefined when it is not
 */
export function whyWorse(fresh: Told, known: Told): string | undefined {
  if (fresh.failures >= ENOUGH && shareOf(fresh) > 2 * shareOf(known) + MARGIN) {
    return `failed ${fresh.failures} of ${fresh.answers} requests, the one before ${known.failures} of ${known.answers}`;
  }
  const [job] = Object.entries(fresh.jobs).find(([name, { done, failed }]) => failed >= ENOUGH && done === 0 && (known.jobs[name]?.done ?? 0) > 0) ?? [];
  return job === undefined ? undefined : `failed in every "${job}" it tried, ${fresh.jobs[job]?.failed} times, the one before did ${known.jobs[job]?.done}`;
}

function shareOf({ answers, failures }: Told): number {
  return answers <= 0 ? 0 : failures / answers;
}

/**
 * Looks for `ms` at replicas of a new version that are asked as the old ones are.
 * @throws Fault as soon as one has died, or they fail more often than the old ones do
 */
export async function watch(fresh: readonly Supervised[], known: readonly Supervised[], ms: number): Promise<void> {
  const before = await Promise.all([toldByAll(fresh), toldByAll(known)]);
  const end = performance.now() + ms;
  for (;;) {
    for (const { spec, id, restarts } of fresh) if (restarts > 0 || id === undefined || !isAlive(id)) throw new Fault(`${spec.name} of version ${spec.version} ended by itself. Its log: ${spec.log}`);
    const now = await Promise.all([toldByAll(fresh), toldByAll(known)]);
    const why = whyWorse(since(now[0], before[0]), since(now[1], before[1]));
    if (why !== undefined) throw new Fault(`version ${fresh[0]?.spec.version} ${why}`);
    if (performance.now() > end) return;
    await sleep(LOOK_MS);
  }
}

/** What everybody looks at and nobody is changed by. What a cache could know is asked as nobody has asked for it yet. */
const LOOKS: Record<Service, (unheard: number) => readonly string[]> = {
  gateway: () => ['/', '/api/catalog/products', '/api/cart'],
  storefront: () => ['/', '/search?q=a', '/cart', '/orders'],
  catalog: (unheard) => [`/api/catalog/products?max=${unheard}`, `/api/catalog/products?q=a&max=${unheard}`, '/api/catalog/categories'],
  cart: () => ['/api/cart'],
  order: () => ['/api/orders'],
};

/**
 * Before anybody else asks the newcomer. It is asked in the name of a shopper whom nobody knows, whose cart and orders are
 * read from the database all the same.
 * @param key signs for whom a call is made, as the gateway does
 * @throws Fault when it fails where one of before does not
 */
export async function tryOut(service: Service, newcomer: Supervised, known: Supervised, key: Buffer): Promise<void> {
  const headers = { [IDENTITY_HEADER]: signIdentity({ shopper: randomUUID(), caller: 'gateway', key }) };
  for (const path of LOOKS[service](randomInt(1_000_000, 100_000_000))) {
    const fresh = await look(newcomer, path, headers);
    if (isGood(fresh)) continue;
    const before = await look(known, path, headers);
    if (isGood(before)) throw new Fault(`version ${newcomer.spec.version} answers GET ${path} with ${fresh || 'nothing'}, the one before with ${before}`);
  }
}

const isGood = (status: number) => status > 0 && status < 400;

/** The status; 0 of nobody who answers. Who turns us away since there is too much to do has not been tried, and is as good as the others. */
async function look({ spec }: Supervised, path: string, headers: Record<string, string>): Promise<number> {
  try {
    const response = await fetch(`http://127.0.0.1:${spec.port}${path}`, { headers, redirect: 'manual', signal: AbortSignal.timeout(5000) });
    await response.body?.cancel();
    return response.headers.has(REFUSED_HEADER) ? 200 : response.status;
  } catch {
    return 0;
  }
}
