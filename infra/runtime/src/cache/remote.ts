import type { Log } from '../log.ts';
import type { Redis } from '../redis.ts';
import { type Entry, fromWire, toWire } from './entry.ts';

/** So long nobody asks a Redis that did not answer: its time limit is paid once, not by every request. */
const REST_MS = 2000;
/** What is larger pays neither for its way nor for what it pushes out. */
const MOST_BYTES = 256 * 1024;

export interface RemoteOptions {
  redis: Redis;
  /** Prefix of all keys. */
  namespace: string;
  /** When Redis forgets an entry by itself, in milliseconds. */
  keepMs: number;
  log: Log;
}

/** The layer that all replicas share. Away, frozen, full or filled with rubbish, it is a miss. */
export class Remote {
  readonly #options: RemoteOptions;
  #restUntil = 0;
  #probing = false;

  constructor(options: RemoteOptions) {
    this.#options = options;
  }

  async get(key: string): Promise<(Entry & { body: Buffer }) | undefined> {
    const { redis, namespace } = this.#options;
    const wire = await this.#ask(() => redis.getBuffer(`${namespace}:${key}`));
    return wire ? fromWire(key, wire) : undefined;
  }

  async set(key: string, entry: Entry & { body: Buffer }): Promise<void> {
    if (entry.body.length > MOST_BYTES) return;
    const { redis, namespace, keepMs } = this.#options;
    await this.#ask(() => redis.set(`${namespace}:${key}`, toWire(key, entry), 'PX', keepMs));
  }

  /** After a rest one call finds out for all others. */
  async #ask<Answer>(command: () => Promise<Answer>): Promise<Answer | undefined> {
    if (performance.now() < this.#restUntil || this.#probing) return undefined;
    const probing = this.#restUntil > 0;
    this.#probing = probing;
    try {
      const answer = await command();
      if (probing) this.#restUntil = 0;
      return answer;
    } catch (error) {
      // It did answer: its memory is full, or somebody has put something else under our key.
      if ((error as Error).name === 'ReplyError') return undefined;
      this.#options.log.debug({ err: error }, 'the shared cache rests');
      this.#restUntil = performance.now() + REST_MS;
      return undefined;
    } finally {
      if (probing) this.#probing = false;
    }
  }
}
