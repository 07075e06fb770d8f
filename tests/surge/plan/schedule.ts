import type { Random } from '../../faults/random.ts';

/** A stretch of time in which the rate goes evenly from one value to another. */
export interface Phase {
  name: string;
  seconds: number;
  /** Arrivals a second. */
  from: number;
  to: number;
}

export interface Lengths {
  normal: number;
  ramp: number;
  surge: number;
  back: number;
}

/** How many times normal traffic comes. */
export const TIMES = 10;

/** Normal traffic, ten times as much within `ramp` seconds, held, and at once back. */
export function surgeOf(normalRate: number, { normal, ramp, surge, back }: Lengths): Phase[] {
  const peak = normalRate * TIMES;
  return [
    { name: 'normal', seconds: normal, from: normalRate, to: normalRate },
    { name: 'ramp', seconds: ramp, from: normalRate, to: peak },
    { name: 'surge', seconds: surge, from: peak, to: peak },
    { name: 'back', seconds: back, from: normalRate, to: normalRate },
  ];
}

export function lengthOf(phases: readonly Phase[]): number {
  return phases.reduce((sum, { seconds }) => sum + seconds, 0);
}

/** When a phase begins and ends, in seconds. */
export function spanOf(phases: readonly Phase[], name: 'normal' | 'ramp' | 'surge' | 'back'): { from: number; to: number } {
  const index = phases.findIndex((phase) => phase.name === name);
  const from = lengthOf(phases.slice(0, index));
  return { from, to: from + (phases[index]?.seconds ?? 0) };
}

/**
 * Moments in milliseconds at which people come, whoever is answered or not: a Poisson process whose rate follows the
 * phases. Each arrival is where the summed rate has grown by an exponential draw of mean 1.
 */
export function arrivals(phases: readonly Phase[], random: Random): number[] {
  const moments: number[] = [];
  let due = exponential(random);
  let start = 0;
  let before = 0;
  for (const { seconds, from, to } of phases) {
    const whole = (seconds * (from + to)) / 2;
    for (; due - before < whole; due += exponential(random)) moments.push((start + timeOf(due - before, { seconds, from, to })) * 1000);
    before += whole;
    start += seconds;
  }
  return moments;
}

/** Of those who come while the rate rises or is high: who has filled a cart in normal times, and comes back to order. */
const RETURN = 0.03;

/** When somebody comes, and when they come back, milliseconds from the beginning. */
export interface Coming {
  at: number;
  backAt?: number;
}

/**
 * Everybody who comes, in the order of their coming. Without those who return, whoever could not browse would never begin a
 * checkout, and a shop in which nothing works would fail nobody's.
 */
export function comings(phases: readonly Phase[], random: Random): Coming[] {
  const moments = arrivals(phases, random.fork('arrivals'));
  if (!phases.some(({ name }) => name === 'surge')) return moments.map((at) => ({ at }));
  const normal = spanOf(phases, 'normal').to * 1000;
  const high = spanOf(phases, 'surge').to * 1000;
  const early = random.fork('early');
  const returns = (moment: number) => moment > normal && moment < high && early.chance(RETURN);
  return moments.map((moment) => (returns(moment) ? { at: early.next() * normal, backAt: moment } : { at: moment })).toSorted((a, b) => a.at - b.at);
}

/** After how many seconds a rate that goes from `from` to `to` has brought `count` arrivals. */
function timeOf(count: number, { seconds, from, to }: Omit<Phase, 'name'>): number {
  const growth = (to - from) / seconds;
  return Math.abs(growth) < 1e-9 ? count / from : (Math.sqrt(from * from + 2 * growth * count) - from) / growth;
}

/** Of mean 1. */
export function exponential(random: Random): number {
  return -Math.log(1 - random.next());
}
