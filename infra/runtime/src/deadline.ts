import type { FastifyRequest } from 'fastify';

/** Travels as milliseconds that remain, never as a time of day: clocks differ. */
export const DEADLINE_HEADER = 'x-emall-deadline-ms';

const DEFAULT_MS = 10_000;
/** What stands for "as long as it takes" where deadlines are left out: as long as people put up with in January 2023. */
const PATIENT_MS = 60_000;

let leftOut = false;

/** Once, when a process begins, if its deadlines are to be left out: see `protections`. */
export function leaveOutDeadlines(): void {
  leftOut = true;
}

/** A time limit in milliseconds, or a minute where deadlines are left out. */
export function timeLimit(ms: number): number {
  return leftOut ? PATIENT_MS : ms;
}

const starts = new WeakMap<FastifyRequest, Deadline>();

/** How long the work in hand is still worth doing. */
export class Deadline {
  readonly #start = performance.now();
  readonly #ms: number;

  constructor(ms: number) {
    this.#ms = ms;
  }

  /** Of a request: what its caller granted, 10 s without a word from it. Counted from the first look, in `onRequest`. */
  static of(request: FastifyRequest): Deadline {
    let deadline = starts.get(request);
    if (!deadline) {
      const given = request.headers[DEADLINE_HEADER];
      const most = timeLimit(DEFAULT_MS);
      deadline = new Deadline(typeof given === 'string' && /^\d+$/.test(given) ? Math.min(Number(given), most) : most);
      starts.set(request, deadline);
    }
    return deadline;
  }

  /** Whole milliseconds that remain, at least 0. @param most where less than was granted may be spent, counted from the same first look */
  remaining(most = this.#ms): number {
    return Math.max(0, Math.round(this.#start + Math.min(this.#ms, most) - performance.now()));
  }
}
