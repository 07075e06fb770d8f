/** Before anything was measured. */
const FIRST_MS = 50;
/** Of work that this process did next to nothing beside, the first answers are believed up to this: browsing has 200 ms. */
const MOST_FIRST_MS = 250;
/** Of the way to a shorter time than was usual, at each look; the time of an idle process is found within half a second. */
const DOWN = 0.5;
/** Of the way to a longer one, at each look: what became slower for good (a farther database, more data) is usual after some 10 s. */
const UP = 0.02;
/** What is asked for less often than at each look makes up for the others, up to this. */
const LOOK_MS = 100;
const MOST_LOOKS = 10;

/** How long one kind of work takes when nothing is in its way, learnt from how long it takes. Times in milliseconds. */
export class Usual {
  #ms: number | undefined;
  #sum = 0;
  #count = 0;
  /** The same of those that began with few beside them. */
  #calmSum = 0;
  #calmCount = 0;
  #learntAt = Number.NEGATIVE_INFINITY;

  /** How much longer than usual this took. @param few whether it began while this process did next to nothing else */
  add(ms: number, few: boolean): number {
    this.#sum += ms;
    this.#count += 1;
    if (few) {
      this.#calmSum += ms;
      this.#calmCount += 1;
    }
    return Math.max(0, ms - (this.#ms ?? this.#first));
  }

  /** A process that is new, or has not done this before, must not take for late what is slow by nature. */
  get #first(): number {
    return this.#calmCount > 0 ? Math.min(this.#calmSum / this.#calmCount, MOST_FIRST_MS) : FIRST_MS;
  }

  /** Not for what was done beside much else: then it would be usual to be slow in an overload. */
  #looks(now: number): number {
    return this.#calmCount === 0 ? 1 : Math.max(1, Math.min((now - this.#learntAt) / LOOK_MS, MOST_LOOKS));
  }

  /** @param mayRise whether what was seen since the last look was not slowed down by our own work */
  learn(mayRise: boolean, now: number): void {
    if (this.#count === 0) return;
    const seen = this.#sum / this.#count;
    if (this.#ms === undefined) this.#ms = Math.min(seen, this.#first);
    else if (seen < this.#ms) this.#ms += (seen - this.#ms) * DOWN;
    else if (mayRise) this.#ms += (seen - this.#ms) * (1 - (1 - UP) ** this.#looks(now));
    [this.#sum, this.#count, this.#calmSum, this.#calmCount, this.#learntAt] = [0, 0, 0, 0, now];
  }
}
