/** Of what was seen, kept from look to look: a second ago counts a third. */
const KEPT = 0.9;
/** The least that is counted on to be ours: calls that come back from outside are work again. */
const LEAST_OURS = 1 / 32;

/**
 * How much of the time that calls are under way they wait for somebody outside the shop, such as a payment provider, who
 * takes as long with few of them as with many. By Little's law that part of the time is that part of the calls.
 */
export class Elsewhere {
  #took = 0;
  #ours = 0;

  /** @param ours of the milliseconds that a call took, those in which it did not wait outside */
  add(took: number, ours: number): void {
    this.#took += took;
    this.#ours += ours;
  }

  /** How many are under way for each that the shop works for: 1 when nobody waits outside, and 32 at most. */
  get factor(): number {
    return this.#took > this.#ours ? 1 / Math.max(LEAST_OURS, this.#ours / this.#took) : 1;
  }

  fade(): void {
    this.#took *= KEPT;
    this.#ours *= KEPT;
  }
}
