import { randomBytes } from 'node:crypto';
import { Journal } from './journal.ts';
import type { Records } from './records.ts';

type Kind = keyof Records;
interface Entry {
  kind: Kind;
  record: Records[Kind];
}
const KINDS: readonly Kind[] = ['session', 'intent', 'charge', 'refund', 'event', 'delivery', 'key', 'calls'];

/** As with Stripe, an idempotency key is good for a day. */
const KEY_LIFE_S = 24 * 60 * 60;

/**
 * The sandbox's own books: a third witness beside shoppers and shop. Every change is appended to a file before it is
 * answered, so that a killed process has forgotten nothing; a start reads the file and writes it anew without what is outdated.
 */
export class Ledger {
  readonly #records = new Map<Kind, Map<string, Records[Kind]>>(KINDS.map((kind) => [kind, new Map()]));
  readonly #journal: Journal | undefined;
  /** What has been changed and not yet written; undefined outside of `together`. */
  #unwritten: Entry[] | undefined;

  /** @param path of the journal; without one the books are kept in memory only */
  constructor(path?: string) {
    if (path === undefined) return;
    this.#journal = new Journal(path);
    this.#read(this.#journal);
    this.#journal.rewrite(this.#lines());
  }

  /** How an event's delivery stands. */
  delivery(eventId: string): Records['delivery'] {
    return this.get('delivery', eventId) ?? { id: eventId, attempts: 0, acknowledged: false, ended: false };
  }

  /** An event was sent. */
  delivered(eventId: string, acknowledged: boolean): void {
    const before = this.delivery(eventId);
    this.put('delivery', { ...before, attempts: before.attempts + 1, acknowledged: before.acknowledged || acknowledged });
  }

  /** An event is not sent any more. */
  endDelivery(eventId: string): void {
    this.put('delivery', { ...this.delivery(eventId), ended: true });
    this.#dropPayload(eventId);
  }

  count(route: string, outcome: string): void {
    const id = `${route} ${outcome}`;
    this.put('calls', { id, route, outcome, count: (this.get('calls', id)?.count ?? 0) + 1 });
  }

  /** Keys that are older than a day are forgotten. */
  forgetOldKeys(): void {
    const oldest = nowSeconds() - KEY_LIFE_S;
    // In the order in which they came.
    for (const { id, created } of this.#of('key').values()) {
      if (created >= oldest) return;
      this.#of('key').delete(id);
    }
  }

  get<K extends Kind>(kind: K, id: string): Records[K] | undefined {
    return this.#of(kind).get(id);
  }

  all<K extends Kind>(kind: K): Records[K][] {
    return [...this.#of(kind).values()];
  }

  /** What `work` changes goes into one line: a kill leaves all of it or nothing. */
  together<T>(work: () => T): T {
    if (this.#unwritten) return work();
    const entries: Entry[] = (this.#unwritten = []);
    try {
      return work();
    } finally {
      this.#unwritten = undefined;
      if (entries.length > 0) this.#write(entries);
    }
  }

  /** Writes a record, in the place of the one with its id. */
  put<K extends Kind>(kind: K, record: Records[K]): Records[K] {
    const entry = { kind, record };
    if (this.#unwritten) this.#unwritten.push(entry);
    else this.#write([entry]);
    this.#of(kind).set(record.id, record);
    return record;
  }

  #write(entries: Entry[]): void {
    this.#journal?.append(JSON.stringify(entries));
  }

  close(): void {
    this.#journal?.close();
  }

  #of<K extends Kind>(kind: K): Map<string, Records[K]> {
    return this.#records.get(kind) as Map<string, Records[K]>;
  }

  #read(journal: Journal): void {
    for (const line of journal.lines()) {
      // What was cut short by a kill nobody was told of.
      for (const { kind, record } of parse(line)) if (KINDS.includes(kind)) this.#of(kind).set(record.id, record);
    }
    this.forgetOldKeys();
    for (const { id, acknowledged, ended } of this.#of('delivery').values()) if (acknowledged || ended) this.#dropPayload(id);
  }

  *#lines(): Generator<string> {
    for (const kind of KINDS) for (const record of this.#of(kind).values()) yield JSON.stringify([{ kind, record }]);
  }

  /** From memory at once, from the file when it is written anew. */
  #dropPayload(eventId: string): void {
    const event = this.get('event', eventId);
    if (event) this.#of('event').set(eventId, { ...event, payload: undefined });
  }
}

function parse(text: string): Entry[] {
  try {
    return [JSON.parse(text)].flat() as Entry[];
  } catch {
    return [];
  }
}

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Shaped like Stripe's: `pi_3QK…`. */
export function newId(prefix: string, length = 24): string {
  return `${prefix}_${[...randomBytes(length)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('')}`;
}

/** Seconds since the epoch. */
export function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
