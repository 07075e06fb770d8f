import type { Worth } from './table.ts';

/** Up to which part of the limit each kind of work is let in: what is worth most finds room last of all. */
const PART: Record<Worth, number> = { checkout: 1, cart: 0.9, browse: 0.75 };

/** Bounds the exchanges under way in this process, so that a slow upstream costs answers and not memory. */
export class Admission {
  readonly #limit: number;
  #inFlight = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  enter(worth: Worth): boolean {
    if (this.#inFlight >= this.#limit * PART[worth]) return false;
    this.#inFlight += 1;
    return true;
  }

  leave(): void {
    this.#inFlight -= 1;
  }
}
