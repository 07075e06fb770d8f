import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openHome } from '../../infra/local/src/home.ts';
import { check, type Violation } from './check/check.ts';
import { drive, driveQuietly, type DriveSummary } from './drive/drive.ts';
import { History } from './history/history.ts';
import { readLedger } from './history/ledger.ts';
import { mailFiles, readMails } from './history/mails.ts';
import { takeSnapshot } from './history/snapshot.ts';
import type { Heal } from './inject/fault.ts';
import { asAdministrator } from './inject/postgres.ts';
import { Random } from './random.ts';
import { Sampler } from './sampler.ts';
import { describeStep, type Schedule, type Step } from './schedule.ts';
import { stockUp } from './skus.ts';
import { atRest, untilReady } from './rest.ts';
import type { Target } from './target.ts';

export interface Result {
  seed: string;
  prefix: string;
  behindProxies: boolean;
  faults: string[];
  rows: string[];
  drive: DriveSummary;
  /** From the last heal until nothing was pending. */
  pendingMs: number;
  ms: number;
  violations: Violation[];
}

export interface RunOptions {
  /** Where the history is written. */
  folder: string;
  /** How many shop at once. */
  shoppers: number;
  /** Begins the names of all that this run makes. */
  prefix: string;
}

/** One schedule on a running shop: shoppers and faults, then peace, then the verdict. */
export async function runSchedule(target: Target, schedule: Schedule, { folder, shoppers, prefix }: RunOptions): Promise<Result> {
  const start = performance.now();
  const { shop } = target;
  const random = new Random(schedule.seed);
  const skus = await stockUp(target, random.fork('skus'), prefix);
  const source = { skus: skus.map(({ sku }) => sku), prefix };
  const mailFolder = openHome(shop.home).mail;
  // The shop makes it with its first mail.
  mkdirSync(mailFolder, { recursive: true });
  const known = new Set(mailFiles(mailFolder));
  const before = await asAdministrator(target, (database) => takeSnapshot({ database, ...source }));
  const history = new History(join(folder, 'history.jsonl'));
  const gateways = ['gateway-1', 'gateway-2'].map((name) => `http://127.0.0.1:${shop.process(name).port}`);
  const common = { edge: shop.url, gateways, skus, history, prefix };
  const sampler = new Sampler(target, source);
  const over = new AbortController();

  const driven = drive({ ...common, random: random.fork('drive'), shoppers, until: over.signal });
  try {
    await Promise.all([sleep(schedule.ms), ...schedule.steps.map((step, index) => suffer(target, step, random.fork(`fault ${index}`)))]);
  } finally {
    over.abort();
    await driven;
  }
  await untilReady(shop);

  const rush = await atRest(target, source);
  const closing = rush.pending.length > 0 ? undefined : await driveQuietly({ ...common, random: random.fork('closing') });
  const rest = closing === undefined ? rush : await atRest(target, source);
  await sampler.stop();
  history.close();

  const after = await asAdministrator(target, (database) => takeSnapshot({ database, ...source }));
  const verdict = check({ calls: history.calls(), before, after, ledger: await readLedger(target.sandbox()), samples: sampler.samples, prefix, mails: readMails(mailFolder, known) });
  return {
    seed: schedule.seed,
    prefix,
    behindProxies: schedule.behindProxies,
    faults: schedule.steps.map(describeStep),
    rows: [...new Set(schedule.steps.map(({ fault }) => fault.row))],
    drive: sum(await driven, closing),
    pendingMs: rush.ms,
    ms: performance.now() - start,
    violations: [...rest.pending.map((what) => ({ invariant: 'I8', what: `still pending: ${what}` })), ...verdict],
  };
}

async function suffer(target: Target, { at, fault, ms }: Step, random: Random): Promise<void> {
  await sleep(at);
  const heal: Heal = await fault.inject(target, random);
  await sleep(ms);
  await heal();
}

function sum(one: DriveSummary, other: DriveSummary | undefined): DriveSummary {
  if (other === undefined) return one;
  return Object.fromEntries(Object.entries(one).map(([name, count]) => [name, count + other[name as keyof DriveSummary]])) as unknown as DriveSummary;
}
