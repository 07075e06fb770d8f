import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../fault.ts';
import type { Service } from '../processes.ts';
import { isAlive } from '../system/processes.ts';
import type { Supervised } from './supervised.ts';

/** What a process has answered since it began. */
export interface Answers {
  all: number;
  /** With 5xx. */
  failed: number;
}

/** One failure may be anybody's. More than two nobody sees: nginx leaves out a replica that has failed twice for some seconds. */
const ENOUGH = 2;
const MARGIN = 0.01;
const LOOK_MS = 200;

/** A version is worse when it fails twice or more, and more than twice as often as the one before, and one in a hundred besides. */
export function isWorse(fresh: Answers, known: Answers): boolean {
  return fresh.failed >= ENOUGH && shareOf(fresh) > 2 * shareOf(known) + MARGIN;
}

function shareOf({ all, failed }: Answers): number {
  return all === 0 ? 0 : failed / all;
}

/**
 * Looks for `ms` at replicas of a new version that are asked as the old ones are.
 * @throws Fault as soon as one has died, or they fail more often than the old ones do
 */
export async function watch(fresh: readonly Supervised[], known: readonly Supervised[], ms: number): Promise<void> {
  const before = await Promise.all([answersOfAll(fresh), answersOfAll(known)]);
  const end = performance.now() + ms;
  for (;;) {
    for (const { spec, id, restarts } of fresh) if (restarts > 0 || id === undefined || !isAlive(id)) throw new Fault(`${spec.name} of version ${spec.version} ended by itself. Its log: ${spec.log}`);
    const now = await Promise.all([answersOfAll(fresh), answersOfAll(known)]);
    const [newer, older] = now.map((answers, index) => since(answers, before[index])) as [Answers, Answers];
    if (isWorse(newer, older)) throw new Fault(`version ${fresh[0]?.spec.version} failed ${newer.failed} of ${newer.all} requests, the one before ${older.failed} of ${older.all}`);
    if (performance.now() > end) return;
    await sleep(LOOK_MS);
  }
}

function since(now: Answers, before: Answers = { all: 0, failed: 0 }): Answers {
  return { all: now.all - before.all, failed: now.failed - before.failed };
}

async function answersOfAll(processes: readonly Supervised[]): Promise<Answers> {
  const each = await Promise.all(processes.map(({ spec }) => answersOf(spec.adminPort ?? 0)));
  return each.reduce((sum, { all, failed }) => ({ all: sum.all + all, failed: sum.failed + failed }), { all: 0, failed: 0 });
}

/** Nothing, of a process that does not tell: whether it lives is another question. */
async function answersOf(adminPort: number): Promise<Answers> {
  try {
    const response = await fetch(`http://127.0.0.1:${adminPort}/metrics`, { signal: AbortSignal.timeout(2000) });
    return readAnswers(await response.text());
  } catch {
    return { all: 0, failed: 0 };
  }
}

/** From the text that Prometheus scrapes. */
export function readAnswers(metrics: string): Answers {
  const counts = [...metrics.matchAll(/^http_server_request_duration(?:_seconds)?_count\{[^}]*http_response_status_code="(\d)\d\d"[^}]*\} (\d+)/gm)];
  const sum = (chosen: typeof counts) => chosen.reduce((total, [, , count]) => total + Number(count), 0);
  return { all: sum(counts), failed: sum(counts.filter(([, kind]) => kind === '5')) };
}

/** What everybody looks at and nobody is changed by. */
const LOOKS: Record<Service, readonly string[]> = {
  gateway: ['/', '/api/catalog/products', '/api/cart'],
  storefront: ['/', '/search?q=a', '/cart'],
  catalog: ['/api/catalog/products', '/api/catalog/products?q=a', '/api/catalog/categories'],
  cart: ['/api/cart'],
  order: ['/api/orders'],
};

/** Before anybody else asks the newcomer. @throws Fault when it fails where one of before does not */
export async function tryOut(service: Service, newcomer: Supervised, known: Supervised): Promise<void> {
  for (const path of LOOKS[service]) {
    const [fresh, before] = await Promise.all([newcomer, known].map(({ spec }) => look(`http://127.0.0.1:${spec.port}${path}`)));
    if (fresh !== before && (fresh === 0 || Number(fresh) >= 500) && before !== 0 && Number(before) < 500) {
      throw new Fault(`version ${newcomer.spec.version} answers GET ${path} with ${fresh || 'nothing'}, the one before with ${before}`);
    }
  }
}

async function look(url: string): Promise<number> {
  try {
    const { status, body } = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(5000) });
    await body?.cancel();
    return status;
  } catch {
    return 0;
  }
}
