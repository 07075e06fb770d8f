import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { faults } from './inject/all.ts';
import type { Call } from './history/call.ts';
import { Random } from './random.ts';
import type { Target } from './target.ts';
import { type Outcome, underLoad } from './under-load.ts';

const SHOPPERS = 6;
/** Before and after the fault, so that it meets checkouts at every step. */
const CALM_MS = 1000;

let runs = 0;

/** Breaks something while a few shoppers buy. @param faultMs from when it is there until it is healed */
export async function suffering(target: Target, names: string | string[], faultMs: number, meanwhile: () => Promise<void> = async () => {}): Promise<Outcome> {
  const chosen = [names].flat().map((name) => {
    const fault = faults.find((each) => each.name === name);
    if (fault === undefined) throw new Error(`there is no fault "${name}"`);
    return fault;
  });
  return withShoppers(target, async (random) => {
    for (const fault of chosen) {
      const heal = await fault.inject(target, random);
      try {
        await Promise.all([sleep(faultMs), meanwhile()]);
      } finally {
        await heal();
      }
    }
  });
}

/** The same with a fault of the test's own. */
export async function withShoppers(target: Target, during: (random: Random) => Promise<void>): Promise<Outcome> {
  runs += 1;
  const random = new Random(`named ${runs}`);
  const folder = mkdtempSync(join(tmpdir(), 'emall-history-'));
  try {
    return await underLoad(target, { random, folder, shoppers: SHOPPERS, prefix: `n${runs}${Date.now().toString(36)}` }, async () => {
      await sleep(CALM_MS);
      await during(random.fork('fault'));
      await sleep(CALM_MS);
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const heard = (calls: readonly Call[]) => calls.filter(({ kind, abandoned, phase }) => kind === 'order' && abandoned === undefined && phase === 'rush');

/** For how long orders found no answer or a 5xx: from the first that began so to the last that ended so. */
export function errorWindow(calls: readonly Call[]): number {
  const failed = heard(calls).filter(({ status }) => status === 0 || status >= 500);
  return failed.length === 0 ? 0 : Math.max(...failed.map(({ end }) => end)) - Math.min(...failed.map(({ start }) => start));
}

/** How long shoppers waited for a 5xx or for nothing. */
export function refusals(calls: readonly Call[]): number[] {
  return heard(calls).filter(({ status }) => status === 0 || status >= 500).map(({ start, end }) => end - start).sort((one, other) => one - other);
}

export function percentile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

/** A bar that is a time: told beside what was seen, since a busy machine is no fault of the shop. */
export function tell(row: string, bar: string, seen: string): void {
  process.stdout.write(`    ${row}: ${seen} (bar: ${bar})\n`);
}
