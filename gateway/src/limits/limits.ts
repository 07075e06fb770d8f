import type { Log, Redis } from '@emall/runtime';
import { Buckets } from './buckets.ts';
import { Refusals } from './refusals.ts';
import { Settlement } from './settlement.ts';
import type { Limit, Whose, Work } from './table.ts';

/** Clients of each limit that are remembered: 10,000 cost 2.4 MB, and whoever has more addresses than that has as many budgets. */
const MOST_CLIENTS = 10_000;

/** Under which names a call counts; undefined where it does not. */
export type Client = Record<Whose, string | undefined>;

export interface Refusal {
  limit: string;
  /** Whole seconds after which the call would be let in, if the client asked for nothing else. */
  retryAfterS: number;
}

export interface LimitsOptions {
  table: readonly Limit[];
  redis: Redis;
  identityKey: Buffer;
  log: Log;
  mostClients?: number;
}

/** What clients may ask for: counted here, where it costs no more than a look into a map, and settled with the other gateways. */
export class Limits {
  readonly #of: Record<Work, readonly Buckets[]>;
  readonly #settlement: Settlement;
  readonly #refusals: Refusals;

  constructor({ table, redis, identityKey, log, mostClients = MOST_CLIENTS }: LimitsOptions) {
    const all = table.map((limit) => new Buckets(limit, mostClients));
    const of = (work: Work) => all.filter(({ limit }) => limit.of.includes(work));
    this.#of = { read: of('read'), change: of('change'), checkout: of('checkout'), notice: of('notice'), renewal: of('renewal') };
    this.#settlement = new Settlement({ redis, identityKey, all, log });
    this.#refusals = new Refusals(log);
  }

  /** Lets a call in, which counts from now on, or says why not. What is refused costs its client nothing. */
  admit(work: Work, client: Client, now = performance.now()): Refusal | undefined {
    const due = this.#of[work];
    let [longest, limit] = [0, ''];
    for (const buckets of due) {
      const name = client[buckets.limit.by];
      if (name === undefined) continue;
      const waitMs = buckets.waitMs(name, now);
      if (waitMs > longest) [longest, limit] = [waitMs, buckets.limit.name];
    }
    if (longest > 0) {
      this.#refusals.count(limit, now);
      return { limit, retryAfterS: Math.ceil(longest / 1000) };
    }
    for (const buckets of due) {
      const name = client[buckets.limit.by];
      if (name !== undefined) buckets.add(name, now);
    }
    return undefined;
  }

  /** Tells the other gateways and learns from them; done by itself five times a second. */
  settle(): Promise<void> {
    return this.#settlement.settle();
  }

  close(): void {
    this.#settlement.close();
  }
}
