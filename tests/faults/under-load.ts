import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openHome } from '../../infra/local/src/home.ts';
import { check, type Violation } from './check/check.ts';
import { drive, driveQuietly, type DriveSummary } from './drive/drive.ts';
import type { Call } from './history/call.ts';
import { History } from './history/history.ts';
import { readLedger } from './history/ledger.ts';
import { mailFiles, readMails } from './history/mails.ts';
import { takeSnapshot } from './history/snapshot.ts';
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
}

export interface Outcome {
  calls: readonly Call[];
  drive: DriveSummary;
  /** From the end of the rush until nothing was pending. */
  pendingMs: number;
  violations: Violation[];
}

/** Shoppers buy while `during` breaks and heals things; then peace, and the verdict. */
export async function underLoad(target: Target, { random, folder, shoppers, prefix }: LoadOptions, during: () => Promise<void>): Promise<Outcome> {
  const { shop } = target;
  const mailFolder = openHome(shop.home).mail;
  // The shop makes it with its first mail.
  mkdirSync(mailFolder, { recursive: true });
  const known = new Set(mailFiles(mailFolder));
  const skus = await stockUp(target, random.fork('skus'), prefix);
  const source = { skus: skus.map(({ sku }) => sku), prefix };
  const before = await asAdministrator(target, (database) => takeSnapshot({ database, ...source }));
  const begun = new Date();
  const { calls: callsBefore } = await readLedger(target.sandbox(), begun);
  const history = new History(join(folder, 'history.jsonl'));
  const gateways = ['gateway-1', 'gateway-2'].map((name) => `http://127.0.0.1:${shop.process(name).port}`);
  const visit = { edge: shop.url, gateways, skus, history, prefix };
  const sampler = new Sampler(target, source);
  const over = new AbortController();

  const driven = drive({ ...visit, random: random.fork('drive'), shoppers, until: over.signal });
  try {
    await during();
  } finally {
    over.abort();
    await driven;
  }
  const [rush] = await Promise.all([atRest(target, source), untilReady(shop)]);
  const closing = rush.pending.length > 0 ? undefined : await driveQuietly({ ...visit, random: random.fork('closing') });
  const rest = closing === undefined ? rush : await atRest(target, source);
  await sampler.stop();
  history.close();

  const after = await asAdministrator(target, (database) => takeSnapshot({ database, ...source }));
  const violations = check({ calls: history.calls(), callsBefore, before, after, ledger: await readLedger(target.sandbox(), begun), samples: sampler.samples, prefix, mails: readMails(mailFolder, known) });
  return {
    calls: history.calls(),
    drive: sum(await driven, closing),
    pendingMs: rush.ms,
    violations: [...rest.pending.map((what) => ({ invariant: 'I8', what: `still pending: ${what}` })), ...violations],
  };
}

function sum(one: DriveSummary, other: DriveSummary | undefined): DriveSummary {
  if (other === undefined) return one;
  const add = (name: keyof DriveSummary) => one[name] + other[name];
  return { checkouts: add('checkouts'), ok: add('ok'), fail: add('fail'), info: add('info'), calls: add('calls') };
}
