import { setTimeout as sleep } from 'node:timers/promises';
import { ALIVE_PATH, type App, Breaker, CallRefused, isNoAnswer, type Outcome } from '@emall/runtime';
import type { FastifyBaseLogger } from 'fastify';
import { Pool, request } from 'undici';
import type { Row } from './table.ts';

/** Nothing was answered for so long: then the other side is asked whether it is there ... */
const QUIET_MS = 300;
/** ... twice, because with one of two replicas frozen the first question may meet that one. Together below the second within which a shopper is told. */
const QUESTIONS = 2;
const QUESTION_MS = 250;

/** Twice as many as there are connections to an upstream: who comes later could not be answered in time. */
const AT_ONCE = 256;

interface CircuitOptions {
  /** Which calls, for metrics and messages. */
  name: string;
  url: string;
  log: FastifyBaseLogger;
}

/** One for each row of the table: forms that wait for a silent neighbour of their service must not cut off its pages. */
export function circuitOf(app: App, { prefix }: Row, url: string): Circuit {
  const circuit = new Circuit({ name: prefix, url, log: app.log });
  app.addHook('onClose', () => circuit.close());
  return circuit;
}

interface Waiting {
  began: number;
  cut(error: Error): void;
}

/**
 * A breaker that need not wait for a call to run out of time: an order may take 5.8 s, and until the first of them is over
 * everybody would come to wait as long. Where nothing is answered any more, the other side is asked something that takes it
 * no work. If it does not answer that either, it is gone: whoever waits is told so, and others are refused until it answers.
 */
export class Circuit {
  readonly #options: CircuitOptions;
  readonly #breaker: Breaker;
  /** For questions alone: whoever waits holds none of its connections. */
  readonly #questions: Pool;
  readonly #waiting = new Set<Waiting>();
  #lastAnswer = 0;
  #watch: NodeJS.Timeout | undefined;
  /** Asked again and again whether it is there: no shopper's call need find that out. */
  #isSilent = false;
  #closed = false;

  constructor(options: CircuitOptions) {
    this.#options = options;
    this.#breaker = new Breaker({ ...options, atOnce: AT_ONCE });
    this.#questions = new Pool(options.url, { connections: 1, connectTimeout: QUESTION_MS, keepAliveTimeout: 4000 });
  }

  /**
   * Lets a call begin.
   * @param cut ends it, when nobody is there
   * @param isWorthy whether it is one of those that are worth most
   * @returns what its end is told to, once
   * @throws CallRefused
   */
  begin(cut: (error: Error) => void, isWorthy = false): (outcome: Outcome) => void {
    if (this.#isSilent) throw new CallRefused(`${this.#options.name} does not say that it is there`);
    const end = this.#breaker.begin(isWorthy);
    const waiting: Waiting = { began: performance.now(), cut };
    this.#waiting.add(waiting);
    this.#watch ??= this.#lookIn(QUIET_MS);
    return (outcome) => {
      this.#waiting.delete(waiting);
      if (outcome === 'answered') this.#lastAnswer = performance.now();
      end(outcome);
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#watch);
    this.#breaker.dispose();
    await this.#questions.destroy();
  }

  #lookIn(ms: number): NodeJS.Timeout {
    return setTimeout(() => void this.#look(), ms);
  }

  async #look(): Promise<void> {
    const quietMs = this.#quietMs();
    if (quietMs >= QUIET_MS && !(await this.#isThere())) await this.#silence();
    if (this.#closed) return;
    this.#watch = this.#waiting.size > 0 ? this.#lookIn(Math.max(QUIET_MS - quietMs, QUIET_MS / 4)) : undefined;
  }

  /** How long the one that waits longest has seen nobody answered. */
  #quietMs(): number {
    const [longest] = this.#waiting;
    return longest ? performance.now() - Math.max(longest.began, this.#lastAnswer) : 0;
  }

  async #silence(): Promise<void> {
    this.#breaker.open();
    this.#isSilent = true;
    const gone = new Error(`${this.#options.name} does not say that it is there`);
    while (!this.#closed && this.#breaker.isOpen) {
      for (const { cut } of this.#waiting) cut(gone);
      if (await this.#ask()) this.#breaker.answered();
      else await sleep(QUESTION_MS * (0.75 + Math.random() / 2), undefined, { ref: false });
    }
    this.#isSilent = false;
  }

  async #isThere(): Promise<boolean> {
    for (let asked = 0; asked < QUESTIONS; asked += 1) {
      if (await this.#ask()) return true;
      // What came while we asked. A process that was kept from running finds answers and ended timers at once: the answers are read first.
      await new Promise(setImmediate);
      if (this.#quietMs() < QUIET_MS) return true;
    }
    return false;
  }

  /** True for any answer but nginx's that nobody is there. */
  async #ask(): Promise<boolean> {
    try {
      const { statusCode, headers, body } = await request(`${this.#options.url}${ALIVE_PATH}`, { dispatcher: this.#questions, signal: AbortSignal.timeout(QUESTION_MS) });
      await body.dump();
      return !isNoAnswer(statusCode, headers);
    } catch {
      return false;
    }
  }
}
