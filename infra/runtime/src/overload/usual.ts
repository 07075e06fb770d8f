/** Before anything was measured. */
const FIRST_MS = 50;
/** Of the way to a shorter time than was usual, at each look; the time of an idle process is found within half a second. */
const DOWN = 0.5;
/** Of the way to a longer one: what became slower for good (a farther database, more data) is usual after some 10 s. */
const UP = 0.02;

/** How long one kind of work takes when nothing is in its way, learnt from how long it takes. Times in milliseconds. */
export class Usual {
  #ms: number | undefined;
  #sum = 0;
  #count = 0;

  /** How much longer than usual this took. */
  add(ms: number): number {
    this.#sum += ms;
    this.#count += 1;
    return Math.max(0, ms - (this.#ms ?? FIRST_MS));
  }

  /** @param mayRise whether what was seen since the last look was not slowed down by our own work */
  learn(mayRise: boolean): void {
    if (this.#count === 0) return;
    const seen = this.#sum / this.#count;
    if (this.#ms === undefined) this.#ms = Math.min(seen, FIRST_MS);
    else if (seen < this.#ms) this.#ms += (seen - this.#ms) * DOWN;
    else if (mayRise) this.#ms += (seen - this.#ms) * UP;
    this.#sum = 0;
    this.#count = 0;
  }
}
