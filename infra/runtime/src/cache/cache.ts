import { setTimeout } from 'node:timers/promises';
import { forEverybody } from '../context.ts';
import type { Log } from '../log.ts';
import { cacheReads } from '../metrics.ts';
import { ProblemError } from '../problems.ts';
import type { Redis } from '../redis.ts';
import { BoundedMap } from './bounded-map.ts';
import { type Entry, etagOf } from './entry.ts';
import type { Freshness } from './freshness.ts';
import { Remote } from './remote.ts';

export interface CacheOptions {
  redis: Redis;
  /** Prefix of all keys: the service, and its version, so that a version never reads what another one has written. */
  namespace: string;
  freshness: Freshness;
  log: Log;
  /** How long a source may take, in milliseconds, before who holds something old is shown that; counted from when it was first asked. */
  patienceMs?: number;
  /** What the process itself holds, in bytes of answers. */
  memoryBytes?: number;
}

export interface Wish {
  tags: readonly string[];
  /** How long the answer may be served when nothing changes, in milliseconds. */
  ttlMs: number;
  /** Undefined: there is no such thing, which is remembered in this process. */
  load: () => Promise<string | undefined>;
}

/** The layer that answered. */
export type Layer = 'memory' | 'redis' | 'source';

export interface Answer {
  /** UTF-8; the same object for as long as it is the same answer of this process's memory. Undefined: there is no such thing. */
  body: Buffer | undefined;
  /** Strong, in its quotation marks. */
  etag: string;
  layer: Layer;
}

export interface Cache {
  /**
   * The answer, loaded at most once at a time in this process. A source that fails, or takes longer than 200 ms, is answered
   * from what was loaded within the last ten minutes; only who has nothing waits, or is told of the fault.
   */
  read(key: string, wish: Wish): Promise<Answer>;
}

/** Without a word from Redis a replica serves what it holds for so long; a fifth is drawn, so that what came together does not go together. */
const MEMORY_MS = 5000;
const GRACE_MS = 600_000;
const PATIENCE_MS = 200;
/** A source that failed is left alone by those who have something to show. */
const BACKOFF_MS = 1000;
const MEMORY_BYTES = 16 * 1024 * 1024;
/** What is asked for and does not exist is made up without end: it shall push out nothing that does, and never reaches Redis. */
const ABSENT_BYTES = 1024 * 1024;

/** In this process. */
interface Held extends Entry {
  /** Redis is asked again then; as the times below by `performance.now()`. */
  recheckAt: number;
  /** Until then it is no older than what memory may serve in any case: this process itself has loaded it so lately. */
  recentUntil: number;
  /** In which it was found current. */
  epoch: number;
  /** The source has failed and is not asked before. */
  retryAt: number;
}

interface Flight {
  answer: Promise<Answer>;
  /** Resolves when whoever holds something old has waited long enough. One timer for all. */
  patience: Promise<void>;
}

/** Two layers, memory and Redis. Redis away means slower, not broken; what is current is for `freshness` to say. */
export function createCache({ redis, namespace, freshness, log, patienceMs = PATIENCE_MS, memoryBytes = MEMORY_BYTES }: CacheOptions): Cache {
  const remote = new Remote({ redis, namespace, keepMs: GRACE_MS, log });
  const present = new BoundedMap<Held>(memoryBytes);
  const absent = new BoundedMap<Held>(ABSENT_BYTES);
  const flights = new Map<string, Flight>();

  const isFresh = (held: Held) => {
    if (freshness.isDeaf || performance.now() >= held.recheckAt || Date.now() >= held.until) return false;
    if (held.epoch === freshness.epoch) return true;
    if (!isCurrent(held)) return false;
    held.epoch = freshness.epoch;
    return true;
  };
  // The list of changes is not heard when its database has trouble: a load for every reader would be more of it.
  const isRecent = (held: Held) => freshness.isDeaf && performance.now() < held.recentUntil && Date.now() < held.until;
  const isCurrent = ({ stamp, tags }: Entry) => stamp !== undefined && freshness.isCurrent(stamp, tags);

  const keep = (key: string, entry: Entry, { retryAt = 0, recentUntil = 0 }: Partial<Held> = {}): Held => {
    const held: Held = { ...entry, recheckAt: performance.now() + drawn(MEMORY_MS), recentUntil, epoch: isCurrent(entry) ? freshness.epoch : -1, retryAt };
    (held.body ? absent : present).delete(key);
    (held.body ? present : absent).set(key, held, held.body?.length ?? 0);
    return held;
  };

  const load = async (key: string, { tags, ttlMs, load: source }: Wish): Promise<Entry> => {
    // Before the load: what happens during it may be missing in it.
    const stamp = freshness.stamp();
    const text = await source();
    const body = text === undefined ? undefined : Buffer.from(text);
    const loadedAt = Date.now();
    const entry: Entry = { body, etag: body ? etagOf(body) : '', stamp, tags, loadedAt, until: loadedAt + drawn(ttlMs) };
    if (hasBody(entry) && stamp !== undefined) void remote.set(key, entry);
    return entry;
  };

  /** Redis; then, where Redis has forgotten it, what is held and still good; then the source. */
  const fly = async (key: string, held: Held | undefined, wish: Wish): Promise<Answer> => {
    const shared = await remote.get(key);
    if (shared && Date.now() < shared.until && isCurrent(shared)) return tell(keep(key, shared), 'redis');
    if (held && hasBody(held) && Date.now() < held.until && isCurrent(held)) {
      void remote.set(key, withoutHolding(held));
      return tell(keep(key, held, { recentUntil: held.recentUntil }), 'memory');
    }
    try {
      const recentUntil = performance.now() + drawn(MEMORY_MS);
      return tell(keep(key, await load(key, wish), { recentUntil }), 'source');
    } catch (error) {
      const old = newest(held, shared);
      if (!old || !isGraced(old) || (error instanceof ProblemError && error.status < 500)) throw error;
      return stale(keep(key, old, { retryAt: performance.now() + drawn(BACKOFF_MS) }), held ? 'memory' : 'redis');
    }
  };

  const start = (key: string, held: Held | undefined, wish: Wish): Flight => {
    const answer = forEverybody(() => fly(key, held, wish)).finally(() => flights.delete(key));
    const flight: Flight = { answer, patience: held ? setTimeout(patienceMs, undefined, { ref: false }) : answer.then(ignore, ignore) };
    flights.set(key, flight);
    return flight;
  };

  return {
    read: async (key, wish) => {
      const held = present.get(key) ?? absent.get(key);
      if (held && isFresh(held)) return tell(held, 'memory');
      if (held && (isRecent(held) || performance.now() < held.retryAt)) return stale(held, 'memory');
      const { answer, patience } = flights.get(key) ?? start(key, held, wish);
      if (!held || !isGraced(held)) return answer;
      return (await Promise.race([answer, patience.then(() => undefined)])) ?? stale(held, 'memory');
    },
  };
}

/** No layer at all: each call loads, and many at once load many times. */
export function withoutCache(): Cache {
  return {
    read: async (_key, { load }) => {
      const text = await load();
      const body = text === undefined ? undefined : Buffer.from(text);
      return { body, etag: body ? etagOf(body) : '', layer: 'source' };
    },
  };
}

function tell({ body, etag }: Entry, layer: Layer): Answer {
  cacheReads.add(1, { outcome: layer });
  return { body, etag, layer };
}

function stale({ body, etag }: Entry, layer: Layer): Answer {
  cacheReads.add(1, { outcome: 'stale' });
  return { body, etag, layer };
}

function hasBody<E extends Entry>(entry: E): entry is E & { body: Buffer } {
  return entry.body !== undefined;
}

function withoutHolding({ body, etag, stamp, tags, loadedAt, until }: Held & { body: Buffer }): Entry & { body: Buffer } {
  return { body, etag, stamp, tags, loadedAt, until };
}

/** That there was no such thing some time ago is no answer while nobody can be asked. */
function isGraced({ body, loadedAt }: Entry): boolean {
  return body !== undefined && Date.now() < loadedAt + GRACE_MS;
}

function newest(a: Entry | undefined, b: Entry | undefined): Entry | undefined {
  if (!a || !b) return a ?? b;
  return a.loadedAt >= b.loadedAt ? a : b;
}

/** Between four fifths and all of it. */
function drawn(ms: number): number {
  return ms * (0.8 + Math.random() * 0.2);
}

function ignore(): void {}
