import type { Fault } from './inject/fault.ts';
import { Random } from './random.ts';

/** What of the schedule's time passes before the first fault, and is left after the last heal. */
const CALM = { before: 0.1, after: 0.15 };
const MOST_FAULTS = 3;

export interface Step {
  /** Milliseconds after the shoppers came. */
  at: number;
  fault: Fault;
  ms: number;
}

export interface Schedule {
  seed: string;
  behindProxies: boolean;
  ms: number;
  steps: Step[];
}

/** The same seed makes the same schedule, as long as the list of faults is the same. */
export function scheduleOf(seed: string, faults: readonly Fault[], ms: number): Schedule {
  const random = new Random(seed).fork('schedule');
  const behindProxies = random.chance(0.4);
  const possible = faults.filter(({ needs }) => needs === undefined || (needs === 'supervisor') !== behindProxies);
  const steps: Step[] = [];
  for (let left = random.int(1, MOST_FAULTS); left > 0; left -= 1) {
    const at = Math.round(ms * (CALM.before + random.next() * 0.4));
    const longest = ms * (1 - CALM.after) - at;
    const step = { at, fault: random.pick(possible), ms: random.int(Math.round(longest / 10), Math.round(longest)) };
    if (!steps.some((other) => overlap(step, other))) steps.push(step);
  }
  return { seed, behindProxies, ms, steps: steps.sort((one, other) => one.at - other.at) };
}

/** Whether both break the same thing at the same time: the end of one would be taken for the end of the other. */
function overlap(one: Step, other: Step): boolean {
  return one.fault.on === other.fault.on && one.at < other.at + other.ms && other.at < one.at + one.ms;
}

export function describeStep({ at, fault, ms }: Step): string {
  return `${fault.name} (${(at / 1000).toFixed(1)} s, for ${(ms / 1000).toFixed(1)} s)`;
}
