import { setTimeout as sleep } from 'node:timers/promises';
import type { Evidence } from './inject/fault.ts';
import { Random } from './random.ts';
import { describeStep, type Schedule, type Step } from './schedule.ts';
import type { Target } from './target.ts';
import { type LoadOptions, type Outcome, underLoad } from './under-load.ts';

/** A line of the results. */
export interface Result extends Omit<Outcome, 'calls'> {
  seed: string;
  /** ISO 8601. */
  at: string;
  prefix: string;
  behindProxies: boolean;
  faults: string[];
  /** Names of those that something shows to have been there. */
  met: string[];
  /** Of the matrix. */
  rows: string[];
  ms: number;
}

/** One schedule on a running shop. */
export async function runSchedule(target: Target, schedule: Schedule, options: Omit<LoadOptions, 'random' | 'calm'>): Promise<Result> {
  const start = performance.now();
  const at = new Date().toISOString();
  const { seed, behindProxies, steps } = schedule;
  const random = new Random(seed);
  const evidence: Evidence[] = [];
  const { calls: _, ...outcome } = await underLoad(target, { ...options, random, calm: steps.length === 0 }, async (healed) => {
    const suffered = steps.map(async (step, index) => {
      evidence[index] = await suffer(target, step, random.fork(`fault ${index}`)).finally(healed);
    });
    // What one step could not do is said once the others have healed what they broke.
    const outcomes = await Promise.allSettled([sleep(schedule.ms), ...suffered]);
    const failed = outcomes.find((each) => each.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  });
  return {
    seed,
    at,
    prefix: options.prefix,
    behindProxies,
    faults: steps.map(describeStep),
    met: steps.filter((_, index) => evidence[index] !== undefined).map(({ fault }) => fault.name),
    rows: [...new Set(steps.map(({ fault }) => fault.row))],
    ms: performance.now() - start,
    ...outcome,
  };
}

async function suffer(target: Target, { at, fault, ms }: Step, random: Random): Promise<Evidence> {
  await sleep(at);
  const heal = await fault.inject(target, random);
  await sleep(ms);
  return heal();
}
