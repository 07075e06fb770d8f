import type { FastifyRequest } from 'fastify';

/** Travels as milliseconds that remain, never as a time of day: clocks differ. */
export const DEADLINE_HEADER = 'x-emall-deadline-ms';

const DEFAULT_MS = 10_000;
const starts = new WeakMap<FastifyRequest, Deadline>();

/** How long the work in hand is still worth doing. */
export class Deadline {
  readonly #end: number;

  constructor(ms: number) {
    this.#end = performance.now() + ms;
  }

  /** Of a request: what its caller granted, 10 s without a word from it. Counted from the first look, in `onRequest`. */
  static of(request: FastifyRequest): Deadline {
    let deadline = starts.get(request);
    if (!deadline) {
      const given = Number(request.headers[DEADLINE_HEADER]);
      deadline = new Deadline(Number.isFinite(given) && given > 0 ? Math.min(given, DEFAULT_MS) : DEFAULT_MS);
      starts.set(request, deadline);
    }
    return deadline;
  }

  /** Whole milliseconds that remain, at least 0. */
  remaining(): number {
    return Math.max(0, Math.round(this.#end - performance.now()));
  }
}
