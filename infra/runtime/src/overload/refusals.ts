import type { FastifyBaseLogger } from 'fastify';
import { admissionRefused } from '../metrics.ts';
import { type ProblemError, unavailable } from '../problems.ts';
import type { Worth } from './worth.ts';

/** As many seconds as this, and one or two more, so that those who are turned away together do not come again together. */
const FIRST_S = 1;
const SPREAD_S = 3;
/** An overload that lasts for ten seconds asks for more patience, up to this. */
const MORE_AFTER_MS = 10_000;
const MOST_MORE_S = 2;
/** Nobody turned away for so long: the next one begins another overload. */
const OVER_AFTER_MS = 2000;
const TOLD_EVERY_MS = 1000;

/** Made once: a refusal must cost next to nothing, and the stack of an error costs more than all the rest of it. */
const problems = Array.from({ length: FIRST_S + SPREAD_S + MOST_MORE_S }, (_, seconds) =>
  unavailable({ detail: 'There is more to do than can be done. Please try again in a moment.', retryAfter: seconds }));

/** @param lastingMs how long refusals have been going on */
export function comeAgain(lastingMs: number): ProblemError {
  const more = Math.min(MOST_MORE_S, Math.floor(lastingMs / MORE_AFTER_MS));
  return problems[FIRST_S + more + Math.floor(Math.random() * SPREAD_S)] as ProblemError;
}

/** Counts who is turned away. The log hears of it once a second: a line for each would be work for what was to cost none. */
export class Refusals {
  readonly #names: readonly string[];
  readonly #log: FastifyBaseLogger;
  #untold: Record<string, number> = {};
  #first = Number.NEGATIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;
  #told = Number.NEGATIVE_INFINITY;

  constructor(names: readonly string[], log: FastifyBaseLogger) {
    this.#names = names;
    this.#log = log;
  }

  /** @returns for how many milliseconds refusals have been going on */
  add(worth: Worth, reason: 'limit' | 'deadline'): number {
    const now = performance.now();
    const name = this.#names[worth] as string;
    admissionRefused.add(1, { 'emall.worth': name, reason });
    this.#untold[name] = (this.#untold[name] ?? 0) + 1;
    if (now - this.#last > OVER_AFTER_MS) this.#first = now;
    this.#last = now;
    if (now - this.#told >= TOLD_EVERY_MS) {
      this.#told = now;
      this.#log.warn({ refused: this.#untold }, 'turned away: there is more to do than can be done in time');
      this.#untold = {};
    }
    return now - this.#first;
  }
}
