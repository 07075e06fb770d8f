import { appendFileSync, cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openHome } from '../../infra/local/src/home.ts';
import { whenToldToStop } from '../../infra/local/src/supervisor/stop-signals.ts';
import { faults } from './inject/all.ts';
import { describe, describeFailure, neverMet, summary } from './tell.ts';
import { type Result, runSchedule } from './run.ts';
import { roundOf, runOf, type Schedule, scheduleOf } from './schedule.ts';
import { startTarget, startTargetBehindProxies, type Target } from './target.ts';

const SHOPPERS = 32;

export interface RunOptions {
  /** Of the run, or the name of the schedule to begin with. */
  seed: string;
  minutes: number;
  /** How many at most. */
  schedules: number;
}

/** One schedule after the other. Whether all were carried out, nothing was violated, and all was met that so many should meet. */
export async function runSchedules({ seed: name, minutes, schedules }: RunOptions): Promise<boolean> {
  const { seed, first } = runOf(name);
  const end = performance.now() + minutes * 60_000;
  const folder = join(openHome().path, 'faults', `${new Date().toISOString().slice(0, 19).replaceAll(':', '')}-${seed}`);
  mkdirSync(folder, { recursive: true });
  const targets = new Targets();
  const results: Result[] = [];
  let broken = 0;
  const stop = new AbortController();
  whenToldToStop(() => stop.abort());
  say(`Seed ${seed}. Results in ${folder}`);
  try {
    for (let ordinal = first; ordinal < first + schedules && performance.now() < end && !stop.signal.aborted; ordinal += 1) {
      const result = await run(targets, scheduleOf(seed, ordinal, faults), folder);
      if (result === undefined) broken += 1;
      else results.push(result);
    }
  } finally {
    await targets.close();
  }
  // A shorter run cannot meet all.
  const missing = results.length < roundOf(faults) ? [] : neverMet(results, faults.map(({ name: fault }) => fault));
  say(summary(results, broken, missing));
  return broken === 0 && missing.length === 0 && results.every(({ violations }) => violations.length === 0);
}

/** Its history and the shop's logs are kept when it shows a violation. Nothing when it could not be carried out. */
async function run(targets: Targets, schedule: Schedule, folder: string): Promise<Result | undefined> {
  const kept = join(folder, schedule.seed);
  const target = await targets.get(schedule.behindProxies);
  try {
    const result = await runSchedule(target, schedule, { folder: kept, shoppers: SHOPPERS, prefix: `f${Date.now().toString(36)}` });
    appendFileSync(join(folder, 'results.jsonl'), `${JSON.stringify(result)}\n`);
    say(describe(result));
    if (result.violations.length === 0) rmSync(kept, { recursive: true });
    else await abandon(targets, target, kept);
    return result;
  } catch (error) {
    say(describeFailure(schedule, error));
    await abandon(targets, target, kept);
    return undefined;
  }
}

/** What is left in such a shop is no ground for the next schedule. */
async function abandon(targets: Targets, target: Target, kept: string): Promise<void> {
  cpSync(join(target.shop.home, 'logs'), join(kept, 'logs'), { recursive: true });
  say(`  kept in ${kept}`);
  await targets.abandon(target);
}

/** The shop of each kind, from when it is needed. */
class Targets {
  readonly #running = new Map<boolean, Target>();

  async get(behindProxies: boolean): Promise<Target> {
    const target = this.#running.get(behindProxies) ?? (await (behindProxies ? startTargetBehindProxies() : startTarget()));
    this.#running.set(behindProxies, target);
    return target;
  }

  /** The next schedule gets another. */
  async abandon(target: Target): Promise<void> {
    for (const [behindProxies, each] of this.#running) if (each === target) this.#running.delete(behindProxies);
    await target.close();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running.values()].map((target) => target.close()));
  }
}

function say(words: string): void {
  process.stdout.write(`${words}\n`);
}
