import { drive, type CrowdOptions } from './crowd.ts';
import type { Phase } from './plan/schedule.ts';
import { goodput, perSecond } from './record/statistics.ts';

export interface Step {
  /** Visits begun a second. */
  rate: number;
  /** Calls a second: meant to be made, and answered well. */
  offered: number;
  goodput: number;
}

export interface Capacity {
  steps: Step[];
  /** Visits a second at the peak of goodput. */
  rate: number;
  goodput: number;
  latenessP99: number;
}

const FIRST_RATE = 4;
const GROWTH = 1.35;
const STEPS = 14;
/** Long enough that chance alone moves what is counted in a step by less than what counts as a rise. */
const STEP_S = 12;
/** Visits of the step before still go on at its beginning. */
const SETTLE_S = 4;
/** Less than this is no rise. */
const RISE = 1.05;
/** One step may fall by chance. */
const STEPS_WITHOUT_RISE = 2;

/** The rate of visits at which goodput stops rising: more people come step by step until two steps bring nothing more. */
export async function findCapacity(options: Omit<CrowdOptions, 'phases' | 'bots' | 'everySecond'>, tell: (step: Step) => void): Promise<Capacity> {
  const phases: Phase[] = Array.from({ length: STEPS }, (_, n) => ({ name: `step ${n}`, seconds: STEP_S, from: FIRST_RATE * GROWTH ** n, to: FIRST_RATE * GROWTH ** n }));
  const steps: Step[] = [];
  const enough = new AbortController();
  const { timetable } = await drive({
    ...options,
    phases,
    bots: 0,
    signal: AbortSignal.any([options.signal, enough.signal]),
    everySecond({ tally: { seconds } }, second) {
      // A second later: by then the last second of the step is counted.
      if (second < (steps.length + 1) * STEP_S + 1) return;
      const [from, to] = [steps.length * STEP_S + SETTLE_S, (steps.length + 1) * STEP_S];
      const step = { rate: phases[steps.length]?.from ?? 0, offered: perSecond(seconds, from, to, ({ offered }) => offered), goodput: goodput(seconds, from, to) };
      steps.push(step);
      tell(step);
      if (steps.length === STEPS || hasPeaked(steps)) enough.abort();
    },
  });
  options.signal.throwIfAborted();
  const peak = peakOf(steps);
  return { steps, rate: peak.rate, goodput: peak.goodput, latenessP99: timetable.latenessMs(99) };
}

export function hasPeaked(steps: readonly Step[]): boolean {
  return steps.length - 1 - steps.indexOf(peakOf(steps)) >= STEPS_WITHOUT_RISE;
}

/** The first step that no later one is clearly above. */
export function peakOf(steps: readonly Step[]): Step {
  const peak = steps.find((step, index) => steps.slice(index + 1).every((later) => later.goodput < step.goodput * RISE));
  if (peak === undefined) throw new Error('no step was driven');
  return peak;
}
