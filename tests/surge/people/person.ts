import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../faults/random.ts';
import { type Answer, type Ask, Browser, type Wire } from '../load/browser.ts';
import type { Timetable } from '../load/timetable.ts';
import { exponential } from '../plan/schedule.ts';
import { type Outcome, worthOf } from '../record/outcome.ts';
import type { Tally } from '../record/tally.ts';
import type { Taste } from './taste.ts';

/** Where people walk, and what keeps count of them. */
export interface Street {
  origin: string;
  taste: Taste;
  timetable: Timetable;
  tally: Tally;
  wire: Wire;
  /** Mean of the time between two steps; with a long tail, as people have it. */
  thinkMs: number;
  /** From the first look at the checkout to the order or a true refusal, pauses that the shop asked for included. */
  transactionMs: number;
  /** Ends the e-mail addresses of a run's people: `@` and this. */
  domain: string;
  /** Aborted when everybody is to go home at once. */
  signal: AbortSignal;
}

export interface Heard {
  answer: Answer;
  outcome: Outcome;
}

/** Somebody with a browser and an address of their own. */
export class Person {
  readonly street: Street;
  readonly random: Random;
  readonly name: string;
  readonly #browser: Browser;
  /** When the next step is due. */
  due: number;

  constructor(street: Street, random: Random, name: string, localAddress: string, due: number) {
    this.street = street;
    this.random = random;
    this.name = name;
    this.due = due;
    this.#browser = new Browser(street.origin, localAddress, street.wire);
  }

  /** Asks once, now; latency counts from when the step was due. */
  async ask(ask: Ask, since = this.due): Promise<Heard> {
    const { tally, signal } = this.street;
    signal.throwIfAborted();
    tally.offered(since);
    const answer = await this.#browser.ask(ask, since);
    return { answer, outcome: tally.answered(answer, worthOf(ask.path), since) };
  }

  /** Looks at it for a while. */
  async think(times = 1): Promise<void> {
    this.due = performance.now() + this.street.thinkMs * times * exponential(this.random);
    await this.street.timetable.at(this.due);
  }

  /** Asks until there is an answer, comes again when the shop says so, and gives up at the end. */
  async insist(ask: Ask, until: number, heard?: (heard: Heard) => void): Promise<Heard> {
    for (let since = this.due; ; since = performance.now()) {
      const last = await this.ask(ask, since);
      heard?.(last);
      const pause = (last.answer.retryAfter ?? 1) * 1000 * (1 + 0.2 * this.random.next());
      if (last.outcome === 'good' || last.outcome === 'late' || performance.now() + pause > until) return last;
      await sleep(pause, undefined, { signal: this.street.signal });
    }
  }

  /** The shop has made a guest of this person. */
  get known(): boolean {
    return this.#browser.known;
  }

  leave(): void {
    this.#browser.close();
  }
}
