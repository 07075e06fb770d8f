import type { Place } from './level.ts';
import { Limiter } from './limiter.ts';
import type { Worth } from './worth.ts';

export interface Stream {
  worth: Worth;
  /** Arrivals a second; they do not wait for answers. */
  rate: number;
  /** Mean of the work of one, milliseconds of a server. */
  workMs: number;
  /** What the work needs; streams of one name share its servers. */
  backend?: string;
  /** For an answer; a late one is of no use, but it was worked for. As long as browsing has at the 95th percentile, unless told. */
  patienceMs?: number;
  /** For how long a part of them waits, after the work, for somebody who is not the shop's. */
  outside?: { share: number; ms: number };
}

export interface Outcome {
  /** Answered within the patience of whoever asked. */
  good: number;
  late: number;
  refused: number;
  /** Milliseconds of the slowest refusal. */
  slowestRefusal: number;
  /** Milliseconds of all that were admitted, sorted. */
  times: number[];
}

interface Event {
  at: number;
  what: () => void;
}

const PATIENCE_MS = 200;
/** Of a refusal, of a server: 200 of them cost as much as one piece of the usual work of 10 ms. */
const REFUSAL_MS = 0.05;

/** A shop of queues on a clock of its own, as in queueing theory (M/M/c): the same seed gives the same run. */
export class Simulation {
  now = 0;
  readonly #events: Event[] = [];
  readonly #backends = new Map<string, Backend>();
  readonly #servers: number;
  readonly limiter: Limiter | undefined;
  #seed: number;

  constructor({ servers, limited, seed = 7 }: { servers: number; limited: boolean; seed?: number }) {
    this.#seed = seed;
    this.#servers = servers;
    if (limited) this.limiter = new Limiter({ now: () => this.now, later: (what, ms) => this.after(ms, what) });
  }

  after(ms: number, what: () => void): void {
    const at = this.now + ms;
    // From the end: what comes next is mostly near it. Kept in falling order, so that the next one is popped.
    let i = this.#events.length;
    while (i > 0 && (this.#events[i - 1] as Event).at <= at) i -= 1;
    this.#events.splice(i, 0, { at, what });
  }

  /** Arrivals of all streams for so long, and until every one has its answer; what came before `measureFromMs` is not counted. */
  run(streams: readonly Stream[], ms: number, measureFromMs = 0): Outcome[] {
    const end = this.now + ms;
    const from = this.now + measureFromMs;
    const outcomes = streams.map((stream) => {
      const outcome: Outcome = { good: 0, late: 0, refused: 0, slowestRefusal: 0, times: [] };
      this.#arrive(stream, outcome, from, end);
      return outcome;
    });
    for (let event = this.#events.pop(); event; event = this.#events.pop()) {
      this.now = event.at;
      event.what();
    }
    for (const { times } of outcomes) times.sort((a, b) => a - b);
    return outcomes;
  }

  #arrive(stream: Stream, outcome: Outcome, from: number, end: number): void {
    this.after(this.#exponential(1000 / stream.rate), () => {
      if (this.now >= end) return;
      this.#arrive(stream, outcome, from, end);
      this.#call(stream, this.now >= from ? outcome : undefined);
    });
  }

  #call({ worth, workMs, backend = '', patienceMs = PATIENCE_MS, outside }: Stream, outcome: Outcome | undefined): void {
    const start = this.now;
    const servers = this.#backend(backend);
    const waitMs = outside && this.#random() < outside.share ? outside.ms : 0;
    const work = (done: () => void) => servers.work(this.#exponential(workMs), () => (waitMs > 0 ? this.after(waitMs, () => answer(done)) : answer(done)));
    const answer = (done: () => void) => {
      const took = this.now - start;
      done();
      if (!outcome) return;
      if (took <= patienceMs) outcome.good += 1;
      else outcome.late += 1;
      outcome.times.push(took);
    };
    if (!this.limiter) return work(() => undefined);
    const admitted = (place: Place) => work(() => this.limiter?.leave(place, false, waitMs));
    this.limiter.enter(worth, String(workMs), admitted, () => {
      servers.work(REFUSAL_MS, () => undefined);
      if (!outcome) return;
      outcome.refused += 1;
      outcome.slowestRefusal = Math.max(outcome.slowestRefusal, this.now - start);
    });
  }

  #backend(name: string): Backend {
    let backend = this.#backends.get(name);
    if (!backend) this.#backends.set(name, (backend = new Backend(this, this.#servers)));
    return backend;
  }

  #exponential(mean: number): number {
    return -mean * Math.log(1 - this.#random());
  }

  /** mulberry32: from 0 up to 1. */
  #random(): number {
    this.#seed = (this.#seed + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#seed ^ (this.#seed >>> 15), 1 | this.#seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }
}

/** Servers that take what waits in its order. */
class Backend {
  readonly #simulation: Simulation;
  readonly #queue: { ms: number; done: () => void }[] = [];
  #free: number;
  #next = 0;

  constructor(simulation: Simulation, servers: number) {
    this.#simulation = simulation;
    this.#free = servers;
  }

  work(ms: number, done: () => void): void {
    this.#queue.push({ ms, done });
    this.#serve();
  }

  #serve(): void {
    if (this.#free === 0 || this.#next === this.#queue.length) return;
    const { ms, done } = this.#queue[this.#next] as { ms: number; done: () => void };
    this.#next += 1;
    this.#free -= 1;
    this.#simulation.after(ms, () => {
      this.#free += 1;
      done();
      this.#serve();
    });
  }
}
