import { createHmac } from 'node:crypto';
import type { Log, Redis } from '@emall/runtime';
import { type Bucket, type Buckets, LONGEST_MS, learn } from './buckets.ts';

const SETTLE_MS = 200;
/** Redis does nothing else while it works on a batch: about 1 ms. */
const BATCH = 500;
const ASK_AGAIN_MS = 1000;

/**
 * Pours what gateways have counted into the buckets that they share. A shared bucket is a key that lives until it is
 * empty: its time to live is all that it says, by Redis's own clock, and whatever else somebody writes into it is not read.
 */
const POUR = `
local levels = {}
for i, key in ipairs(KEYS) do
  local level = math.min(math.max(redis.call('pttl', key), 0) + tonumber(ARGV[i]), ${LONGEST_MS})
  redis.call('set', key, '', 'px', level)
  levels[i] = level
end
return levels`;

interface Poured {
  bucket: Bucket;
  ms: number;
}

/**
 * Tells Redis five times a second what this gateway has counted, and learns what all have. Nobody waits for it: while
 * Redis is away each gateway goes by what it knows, and tells it afterwards.
 */
export class Settlement {
  readonly #redis: Redis;
  readonly #hashKey: Buffer;
  readonly #all: readonly Buckets[];
  readonly #log: Log;
  readonly #timer: NodeJS.Timeout;
  #underWay: Promise<void> | undefined;
  #awaySince: number | undefined;
  #askedAt = 0;

  /** @param identityKey the key that all gateways have: names in Redis are hashes under it, and tell nobody an address */
  constructor({ redis, identityKey, all, log }: { redis: Redis; identityKey: Buffer; all: readonly Buckets[]; log: Log }) {
    this.#redis = redis;
    this.#hashKey = createHmac('sha256', identityKey).update('rate limits').digest();
    this.#all = all;
    this.#log = log;
    this.#timer = setInterval(() => void this.settle(), SETTLE_MS).unref();
  }

  /** One at a time: resolves when what was counted before the call is told, or nobody is there to tell. */
  async settle(): Promise<void> {
    await this.#underWay;
    this.#underWay ??= this.#settle().finally(() => {
      this.#underWay = undefined;
    });
    await this.#underWay;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #settle(): Promise<void> {
    const now = performance.now();
    for (const buckets of this.#all) buckets.age(now);
    if (!(await this.#isThere(now))) return;
    const batches = this.#all.flatMap((buckets) => inBatches(buckets, now));
    try {
      await Promise.all(batches.map(({ name, poured }) => this.#pour(name, poured)));
      if (batches.length > 0) this.#told();
    } catch (error) {
      this.#untold(now, error as Error);
    }
  }

  #told(): void {
    if (this.#awaySince === undefined) return;
    this.#log.info({ seconds: Math.round((performance.now() - this.#awaySince) / 1000) }, 'rate limits are shared by all gateways again');
    this.#awaySince = undefined;
  }

  #untold(now: number, { message }: Error): void {
    if (this.#awaySince !== undefined) return;
    this.#awaySince = now;
    this.#log.warn({ reason: message }, 'rate limits hold for each gateway by itself: redis does not take what it is told');
  }

  /** What a frozen Redis is sent waits there: a question a second is little, and what was counted is told once it answers. One that answers may still take nothing, being full. */
  async #isThere(now: number): Promise<boolean> {
    if (this.#redis.status !== 'ready') return false;
    if (this.#awaySince === undefined) return true;
    if (now - this.#askedAt < ASK_AGAIN_MS) return false;
    this.#askedAt = now;
    try {
      await this.#redis.ping();
      return true;
    } catch {
      return false;
    }
  }

  async #pour(name: string, poured: Poured[]): Promise<void> {
    const keys = poured.map(({ bucket }) => (bucket.key ??= this.#keyOf(name, bucket.client)));
    const asked = performance.now();
    const levels = (await this.#redis.eval(POUR, keys.length, ...keys, ...poured.map(({ ms }) => ms))) as number[];
    // Levels are those of a moment since then: what the answer took on its way must not be added to what a client is told to wait.
    for (const [i, { bucket }] of poured.entries()) learn(bucket, levels[i] ?? 0, asked);
  }

  #keyOf(name: string, client: string): string {
    return `gateway:limit:${name}:${createHmac('sha256', this.#hashKey).update(client).digest('base64url').slice(0, 22)}`;
  }
}

function inBatches(buckets: Buckets, now: number): { name: string; poured: Poured[] }[] {
  const untold = buckets.takeUntold(now);
  const batches = [];
  for (let at = 0; at < untold.length; at += BATCH) batches.push({ name: buckets.limit.name, poured: untold.slice(at, at + BATCH) });
  return batches;
}
