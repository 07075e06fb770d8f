import type { Limit } from './table.ts';

/**
 * A leaky bucket as one moment (GCRA, ITU-T I.371): each call moves the time at which it will be empty by as long as one
 * call takes to leak. Times in milliseconds of a clock that does not jump.
 */
export interface Bucket {
  readonly client: string;
  emptyAt: number;
  /** The part of it that the other gateways have not been told of. */
  untold: number;
  /** In Redis, once it is there. */
  key: string | undefined;
}

/** No bucket takes longer to leak, whatever a clock or somebody else's value in Redis says. */
export const LONGEST_MS = 600_000;

/** Below this part of its depth a bucket is nobody else's business: most clients never fill more, and a word to Redis costs 7 µs. */
const LITTLE = 1 / 16;

/** The buckets of one limit: at most `most` of them, and the least recently used go first. */
export class Buckets {
  readonly limit: Limit;
  readonly #costMs: number;
  readonly #depthMs: number;
  readonly #half: number;
  // Two generations: to let go of the older one is to let go of what was not used since the younger began.
  #young = new Map<string, Bucket>();
  #old = new Map<string, Bucket>();
  #youngSince = 0;
  readonly #untold = new Set<Bucket>();

  constructor(limit: Limit, most: number) {
    this.limit = limit;
    this.#costMs = 1000 / limit.perSecond;
    this.#depthMs = limit.burst * this.#costMs;
    this.#half = most / 2;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** How long until there is room for one more; not above 0 when there is. */
  waitMs(client: string, now: number): number {
    const bucket = this.#find(client, now);
    return bucket === undefined ? 0 : bucket.emptyAt - now + this.#costMs - this.#depthMs;
  }

  add(client: string, now: number): void {
    const bucket = this.#find(client, now) ?? this.#keep({ client, emptyAt: now, untold: 0, key: undefined }, now);
    bucket.emptyAt = Math.max(bucket.emptyAt, now) + this.#costMs;
    bucket.untold += this.#costMs;
    if (bucket.emptyAt - now > this.#depthMs * LITTLE) this.#untold.add(bucket);
  }

  /** What has not been told, and is from now on: whether it arrives or not, it is never said twice. */
  takeUntold(now: number): { bucket: Bucket; ms: number }[] {
    const taken: { bucket: Bucket; ms: number }[] = [];
    for (const bucket of this.#untold) {
      // What has leaked in the meantime is nobody's business any more.
      const ms = Math.floor(Math.min(bucket.untold, bucket.emptyAt - now));
      bucket.untold = 0;
      if (ms > 0) taken.push({ bucket, ms });
    }
    this.#untold.clear();
    return taken;
  }

  /** Lets go of what was not used for so long that it must be empty. */
  age(now: number): void {
    if (now - this.#youngSince > LONGEST_MS && this.size > 0) this.#rejuvenate(now);
  }

  #find(client: string, now: number): Bucket | undefined {
    const young = this.#young.get(client);
    if (young !== undefined) return young;
    const old = this.#old.get(client);
    if (old === undefined) return undefined;
    this.#old.delete(client);
    return this.#keep(old, now);
  }

  #keep(bucket: Bucket, now: number): Bucket {
    if (this.#young.size >= this.#half) this.#rejuvenate(now);
    this.#young.set(bucket.client, bucket);
    return bucket;
  }

  #rejuvenate(now: number): void {
    for (const bucket of this.#old.values()) this.#untold.delete(bucket);
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngSince = now;
  }
}

/**
 * The level that all gateways have made; what this one alone knows is never less.
 * @param askedAt a moment before it was looked at
 */
export function learn(bucket: Bucket, levelMs: number, askedAt: number): void {
  bucket.emptyAt = Math.max(bucket.emptyAt, askedAt + levelMs + bucket.untold);
}
