import type { Fault } from './inject/fault.ts';
import { Random } from './random.ts';

/** Long enough for a fault and for what its shoppers do next. */
const SHORT_MS = 14_000;
/** What passes before the first fault, and is left after the last heal. */
const CALM_MS = { before: 1200, after: 1800 };
/** Every tenth schedule has a fault that outlasts holds, leases, heartbeats and the first repeats of a job. */
const LONG_EVERY = 10;
const LONG_MS = { least: 20_000, most: 75_000 };
const MORE_FAULTS = 2;

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

/** The schedules of a run, in their order: the one of ordinal `n` is called `<seed>-<n>`, and can be begun with by that name. */
export function runOf(seed: string): { seed: string; first: number } {
  const [, run = seed, ordinal = '0'] = /^(.+)-(\d+)$/.exec(seed) ?? [];
  return { seed: run, first: Number(ordinal) };
}

/**
 * The same seed makes the same schedule, as long as the list of faults is the same. Each schedule is dealt one fault of
 * a shuffled pack, so that a run meets every one once before it meets any again; up to two more come by chance. One card
 * of the pack is nothing at all: what a calm shop does is measured by stricter rules.
 */
export function scheduleOf(seed: string, ordinal: number, faults: readonly Fault[]): Schedule {
  const name = `${seed}-${ordinal}`;
  const random = new Random(name).fork('schedule');
  const fault = dealt(seed, ordinal, faults);
  const behindProxies = fault?.needs === undefined ? random.chance(0.4) : fault.needs !== 'supervisor';
  if (fault === undefined) return { seed: name, behindProxies, ms: SHORT_MS, steps: [] };
  const lasts = fault.ms ?? (ordinal % LONG_EVERY === LONG_EVERY - 1 ? random.int(LONG_MS.least, LONG_MS.most) : undefined);
  const ms = lasts === undefined ? SHORT_MS : CALM_MS.before + lasts + CALM_MS.after;
  const possible = faults.filter(({ needs, ms: own }) => own === undefined && (needs === undefined || (needs === 'supervisor') !== behindProxies));
  const steps = [stepOf(fault, ms, lasts, random)];
  for (let more = random.int(0, MORE_FAULTS); more > 0; more -= 1) {
    const step = stepOf(random.pick(possible), ms, undefined, random);
    if (!steps.some((other) => overlap(step, other))) steps.push(step);
  }
  return { seed: name, behindProxies, ms, steps: steps.sort((one, other) => one.at - other.at) };
}

/** How many schedules go by until each fault was dealt. */
export function roundOf(faults: readonly Fault[]): number {
  return faults.length + 1;
}

function dealt(seed: string, ordinal: number, faults: readonly Fault[]): Fault | undefined {
  const round = Math.floor(ordinal / roundOf(faults));
  return new Random(seed).fork(`pack ${round}`).shuffled([undefined, ...faults])[ordinal % roundOf(faults)];
}

function stepOf(fault: Fault, ms: number, lasts: number | undefined, random: Random): Step {
  if (lasts !== undefined) return { at: CALM_MS.before, fault, ms: lasts };
  const at = random.int(CALM_MS.before, Math.round(ms / 2));
  const longest = ms - CALM_MS.after - at;
  return { at, fault, ms: random.int(Math.round(longest / 10), longest) };
}

/** Whether both break the same thing at the same time: the end of one would be taken for the end of the other. */
function overlap(one: Step, other: Step): boolean {
  return one.fault.on === other.fault.on && one.at < other.at + other.ms && other.at < one.at + one.ms;
}

export function describeStep({ at, fault, ms }: Step): string {
  return `${fault.name} (${(at / 1000).toFixed(1)} s, for ${(ms / 1000).toFixed(1)} s)`;
}
