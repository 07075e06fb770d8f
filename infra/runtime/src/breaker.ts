import type { ObservableResult } from '@opentelemetry/api';
import type { FastifyBaseLogger } from 'fastify';
import { circuitState } from './metrics.ts';
import { roomForOthers } from './room.ts';

/**
 * How a call ended: with an answer, be it a refusal; in silence (no connection, no answer in time, or the word of a proxy
 * that nobody is there); or in a way that tells nothing about the called side.
 */
export type Outcome = 'answered' | 'silent' | 'unknown';

/** A call that was not made. */
export class CallRefused extends Error {
  override name = 'CallRefused';
}

export interface BreakerOptions {
  /** Who is called, and for what where there are several kinds of calls; for metrics and messages. */
  name: string;
  /** The most calls under way at once; one more is refused and does not wait. A quarter of them is for those that are worth most. */
  atOnce: number;
  log: Pick<FastifyBaseLogger, 'info' | 'warn'>;
}

/** So many calls in a row ended in silence ... */
const ENOUGH = 5;
/** ... and for so long there was no answer at all: one that comes meanwhile shows a replica that works, and refusing would make the fault worse. */
const QUIET_MS = 500;
/** Between two calls that are let through to see, each time twice as long. */
const PAUSE_MS = { first: 500, longest: 2000 };

/**
 * Bulkhead and circuit breaker before one called side: what it does not answer costs its callers a refusal instead of a wait,
 * and a slow one holds a bounded part of them. Open, it lets a call through now and then; any answer, whenever its call
 * began, closes it. Why not a library: docs/decisions/0012.
 */
export class Breaker {
  readonly #options: BreakerOptions;
  readonly #tell = (gauge: ObservableResult) => gauge.observe(this.#isOpen ? (this.#probes > 0 ? 0.5 : 1) : 0, { 'server.address': this.#options.name });
  #underWay = 0;
  #isOpen = false;
  #probes = 0;
  #pauseMs = PAUSE_MS.first;
  #nextProbe = 0;
  #silent = 0;
  /** When the calls began that have had no answer: the first of those in a row, or the last answer if that is later. */
  #silentSince = 0;
  #lastAnswer = 0;

  constructor(options: BreakerOptions) {
    this.#options = options;
    circuitState.addCallback(this.#tell);
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** True while calls are refused, and now is not the time to let one through. */
  get refuses(): boolean {
    return this.#isOpen && performance.now() < this.#nextProbe;
  }

  /**
   * Lets a call begin.
   * @param isWorthy whether it is one of those that are worth most
   * @returns what its end is told to, once
   * @throws CallRefused when there are too many, or nobody answers
   */
  begin(isWorthy = false): (outcome: Outcome) => void {
    const { name, atOnce } = this.#options;
    if (this.#underWay >= (isWorthy ? atOnce : roomForOthers(atOnce))) throw new CallRefused(`${this.#underWay} calls of ${name} are under way`);
    if (this.refuses) throw new CallRefused(`${name} has not answered for a while`);
    const began = performance.now();
    const probe = this.#isOpen;
    if (probe) this.#probeAgainLater(began);
    this.#underWay += 1;
    return (outcome) => {
      this.#underWay -= 1;
      if (probe) this.#probes -= 1;
      if (outcome === 'answered') this.answered();
      else if (outcome === 'silent') this.#count(began);
    };
  }

  /** Refuses calls from now on, until one of those let through is answered. */
  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#pauseMs = PAUSE_MS.first;
    this.#nextProbe = performance.now() + jittered(this.#pauseMs);
    this.#options.log.warn({ circuit: this.#options.name }, 'nobody answers: refusing calls until somebody does');
  }

  /** Somebody is there. */
  answered(): void {
    this.#silent = 0;
    this.#lastAnswer = performance.now();
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#options.log.info({ circuit: this.#options.name }, 'calls are answered again');
  }

  /** Of whoever calls no more. */
  dispose(): void {
    circuitState.removeCallback(this.#tell);
  }

  #count(began: number): void {
    this.#silent += 1;
    if (this.#silent === 1) this.#silentSince = began;
    const quietMs = performance.now() - Math.max(this.#silentSince, this.#lastAnswer);
    if (this.#silent >= ENOUGH && quietMs >= QUIET_MS) this.open();
  }

  #probeAgainLater(now: number): void {
    this.#probes += 1;
    this.#pauseMs = Math.min(this.#pauseMs * 2, PAUSE_MS.longest);
    this.#nextProbe = now + jittered(this.#pauseMs);
  }
}

/** Callers who were refused together do not come back together. */
function jittered(ms: number): number {
  return ms * (0.75 + Math.random() / 2);
}
