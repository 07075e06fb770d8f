import type { Answer } from '../load/browser.ts';
import { type Outcome, outcomeOf, OUTCOMES, type Worth, WORTHS } from './outcome.ts';

/** A checkout that somebody began. */
export interface Transaction {
  /** Milliseconds since the run began. */
  begun: number;
  ended: number;
  /** lost: neither an order nor a true refusal came in time. */
  outcome: 'ordered' | 'refused' | 'lost';
  /** The shop let the order in: something else than a prompt "not now" was the answer. */
  admitted: boolean;
  /** Why it was refused or lost. */
  why?: string;
  order?: string;
}

/** What one second brought. Calls are counted in the second in which they were answered, and offered in that in which they were meant to be sent. */
export interface Second {
  offered: number;
  outcomes: Record<Outcome, Record<Worth, number>>;
  stale: number;
  cached: number;
  /** Milliseconds, of good and late answers that were meant to be sent in this second. */
  latencies: number[];
  /** Milliseconds that a "not now" took. */
  refusals: number[];
  /** Milliseconds that were waited for nothing. */
  failures: number[];
  open: number;
  inFlight: number;
  /** Sessions of the database: all, those at work, those that wait for a lock. */
  database: { all: number; active: number; waiting: number } | undefined;
}

const perWorth = () => Object.fromEntries(WORTHS.map((worth) => [worth, 0])) as Record<Worth, number>;

function emptySecond(): Second {
  const outcomes = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, perWorth()])) as Second['outcomes'];
  return { offered: 0, outcomes, stale: 0, cached: 0, latencies: [], refusals: [], failures: [], open: 0, inFlight: 0, database: undefined };
}

/** Counts everything that happens, second by second. */
export class Tally {
  readonly #begin: number;
  readonly seconds: Second[] = [];
  readonly transactions: Transaction[] = [];
  /** How often which status came. */
  readonly statuses = new Map<string, number>();
  underWay = 0;

  /** @param begin of `performance.now()` */
  constructor(begin: number) {
    this.#begin = begin;
  }

  /** @param since the moment at which it was meant to be sent */
  offered(since: number): void {
    this.at(since).offered += 1;
  }

  answered(answer: Answer, worth: Worth, since: number): Outcome {
    const outcome = outcomeOf(answer, worth);
    const now = this.at(since + answer.ms);
    now.outcomes[outcome][worth] += 1;
    if (outcome === 'good' || outcome === 'late') this.at(since).latencies.push(answer.ms);
    if (outcome === 'shed') now.refusals.push(answer.ms);
    if (outcome === 'failed') now.failures.push(answer.ms);
    if (/stale/i.test(answer.cache)) now.stale += 1;
    else if (/hit|^edge/i.test(answer.cache)) now.cached += 1;
    const status = `${answer.status} ${worth}`;
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    return outcome;
  }

  ended(transaction: Omit<Transaction, 'begun' | 'ended'> & { begun: number }): void {
    this.transactions.push({ ...transaction, begun: transaction.begun - this.#begin, ended: performance.now() - this.#begin });
  }

  /** The second in which a moment lies. */
  at(moment: number): Second {
    const index = Math.max(0, Math.floor((moment - this.#begin) / 1000));
    while (this.seconds.length <= index) this.seconds.push(emptySecond());
    return this.seconds[index] as Second;
  }
}
