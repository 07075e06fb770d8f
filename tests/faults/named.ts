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

/** Breaks one thing after the other while a few shoppers buy. @param faultMs from when it is there until it is healed */
export async function suffering(target: Target, names: string | readonly string[], faultMs: number, healed: () => void = () => {}): Promise<Outcome> {
  const chosen = [names].flat().map((name) => {
    const fault = faults.find((each) => each.name === name);
    if (fault === undefined) throw new Error(`there is no fault "${name}"`);
    return fault;
  });
  return withShoppers(target, async (random) => {
    for (const fault of chosen) {
      const heal = await fault.inject(target, random);
      await sleep(faultMs);
      await heal();
      healed();
    }
  });
}

/** The same with a fault of the test's own. */
export async function withShoppers(target: Target, during: (random: Random) => Promise<void>): Promise<Outcome> {
  runs += 1;
  const random = new Random(`named ${runs}`);
  const folder = mkdtempSync(join(tmpdir(), 'emall-history-'));
  const outcome = await underLoad(target, { random, folder, shoppers: SHOPPERS, prefix: `n${runs}${Date.now().toString(36)}` }, async () => {
    await sleep(CALM_MS);
    await during(random.fork('fault'));
    await sleep(CALM_MS);
  });
  if (outcome.violations.length === 0) rmSync(folder, { recursive: true });
  else process.stdout.write(`    what the clients saw is kept in ${folder}\n`);
  return outcome;
}

/** Orders that found a 5xx or no answer, though their client waited for one. */
export function failed(calls: readonly Call[]): Call[] {
  return calls.filter(({ kind, abandoned, status }) => kind === 'order' && abandoned === undefined && (status === 0 || status >= 500));
}

/** For how long orders failed: from the first that began to the last that ended so. */
export function errorWindow(calls: readonly Call[]): number {
  const those = failed(calls);
  return those.length === 0 ? 0 : Math.max(...those.map(({ end }) => end)) - Math.min(...those.map(({ start }) => start));
}

/** For how long orders still failed after a moment. */
export function lastedAfter(calls: readonly Call[], moment: number): number {
  return Math.max(0, ...failed(calls).map(({ end }) => end - moment));
}

export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

/** A bar that is a time: told beside what was seen, since a busy machine is no fault of the shop. */
export function tell(row: string, bar: string, seen: string): void {
  process.stdout.write(`    ${row}: ${seen} (bar: ${bar})\n`);
}
