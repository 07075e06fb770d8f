import { join } from 'node:path';
import { check, type Violation, type World } from './check/check.ts';
import { violated } from './check/violation.ts';
import { writeWorld } from './check/world.ts';
import { driveQuietly, type Left } from './drive/closing.ts';
import { drive, type Visit } from './drive/drive.ts';
import { kindsOf } from './drive/kinds.ts';
import { strangeRefusals } from './drive/refusals.ts';
import { begunAfter, type DriveSummary, summarise } from './drive/summary.ts';
import type { Call } from './history/call.ts';
import { History } from './history/history.ts';
import { readLedger } from './history/ledger.ts';
import { sampleStock, takeSnapshot } from './history/snapshot.ts';
import { asAdministrator } from './inject/postgres.ts';
import type { Random } from './random.ts';
import { atRest, untilReady } from './rest.ts';
import { Sampler } from './sampler.ts';
import { stockUp } from './skus.ts';
import type { Target } from './target.ts';

export interface LoadOptions {
  random: Random;
  /** Where the history is written. */
  folder: string;
  /** How many shop at once. */
  shoppers: number;
  /** Begins the names of all that this run makes. */
  prefix: string;
  /** Nothing is going to be broken. */
  calm?: boolean;
}

export interface Outcome {
  calls: readonly Call[];
  /** The rush. */
  drive: DriveSummary;
  closing: DriveSummary;
  /** What began after the last heal, the closing time with it. */
  afterwards: DriveSummary;
  /** How often shoppers did and met what a run must show. */
  kinds: Record<string, number>;
  /** From the last heal until nothing was pending. */
  pendingMs: number;
  violations: Violation[];
}

/**
 * Shoppers buy while `during` breaks and heals things; then peace, and the verdict.
 * @param during is given what it calls after each heal; when it never does, its end counts
 */
export async function underLoad(target: Target, { random, folder, shoppers, prefix, calm = false }: LoadOptions, during: (healed: () => void) => Promise<void>): Promise<Outcome> {
  const { shop } = target;
  const delivered = target.mailbox.watch();
  const skus = await stockUp(target, random.fork('skus'), prefix);
  const source = { skus: skus.map(({ sku }) => sku), prefix };
  const snapshot = () => asAdministrator(target, (database) => takeSnapshot({ database, ...source }));
  const before = await snapshot();
  const begun = new Date();
  const { calls: callsBefore } = await readLedger(target.sandbox(), begun);
  const history = new History(join(folder, 'history.jsonl'));
  const sampler = new Sampler(target, source);
  const gateways = ['gateway-1', 'gateway-2'].map((name) => `http://127.0.0.1:${shop.process(name).port}`);
  const visit = { edge: shop.url, gateways, skus, history, prefix };
  try {
    const healedAt = await rush({ ...visit, random: random.fork('drive') }, shoppers, during);
    const [{ late, ms }] = await Promise.all([atRest(target, begun, healedAt), untilReady(shop)]);
    const left = await asAdministrator(target, (database) => sampleStock({ database, ...source }));
    const unserved = late.length > 0 ? [] : await driveQuietly({ ...visit, random: random.fork('closing') }, unitsLeft(left));
    const unfinished = late.length > 0 ? late : (await atRest(target, begun, Date.now())).late;
    await sampler.stop();
    if (sampler.samples.length === 0) throw new Error('nobody could ever look at stock');
    const calls = history.calls();
    const world: World = { calls, callsBefore, before, after: await snapshot(), ledger: await readLedger(target.sandbox(), begun), samples: sampler.samples, prefix, calm, mails: delivered() };
    const violations = [
      ...unfinished.map((what) => violated('I8', `still pending: ${what}`)),
      ...unserved.map((what) => violated('I12', `in the closing time ${what}`)),
      ...strangeRefusals(calls).map((what) => violated('I12', what)),
      ...check(world),
    ];
    if (violations.length > 0) writeWorld(join(folder, 'world.json'), world);
    return {
      calls,
      drive: summarise(calls.filter(({ phase }) => phase === 'rush')),
      closing: summarise(calls.filter(({ phase }) => phase === 'closing')),
      afterwards: summarise(begunAfter(calls, healedAt)),
      kinds: kindsOf(calls),
      pendingMs: ms,
      violations,
    };
  } finally {
    await sampler.stop();
    history.close();
  }
}

/** When the last heal was. */
async function rush(visit: Visit, shoppers: number, during: (healed: () => void) => Promise<void>): Promise<number> {
  const over = new AbortController();
  let healedAt: number | undefined;
  const driven = drive({ ...visit, shoppers, until: over.signal });
  try {
    await during(() => {
      healedAt = Date.now();
    });
    return healedAt ?? Date.now();
  } finally {
    over.abort();
    await driven;
  }
}

function unitsLeft(stock: readonly { sku: string; onHand: number; reserved: number }[]): Left {
  return new Map(stock.map(({ sku, onHand, reserved }) => [sku, onHand - reserved]));
}
