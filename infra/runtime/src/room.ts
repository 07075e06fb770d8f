/** Of the room for calls, what is kept for those that are worth most: a quarter. */
const KEPT = 1 / 4;

interface Waiting {
  begin: () => void;
}

/**
 * Room for so many calls at once to one side. Who finds none waits, in the order in which they came; the last quarter is for
 * calls that are worth most: what hangs while somebody browses must not take the connections that a checkout needs.
 */
export class Room {
  readonly #all: number;
  readonly #forOthers: number;
  readonly #worthy = new Set<Waiting>();
  readonly #others = new Set<Waiting>();
  #taken = 0;

  constructor(all: number) {
    this.#all = all;
    this.#forOthers = roomForOthers(all);
  }

  /**
   * Calls `begin` when there is room, at once if there is some now.
   * @returns to be called, once or more, when the call is over, or nobody waits for it any more
   */
  enter(isWorthy: boolean, begin: () => void): () => void {
    const queue = isWorthy ? this.#worthy : this.#others;
    const waiting: Waiting = { begin };
    queue.add(waiting);
    this.#admit();
    let left = false;
    return () => {
      if (left) return;
      left = true;
      if (queue.delete(waiting)) return;
      this.#taken -= 1;
      this.#admit();
    };
  }

  #admit(): void {
    while (this.#next(this.#worthy, this.#all) || this.#next(this.#others, this.#forOthers));
  }

  #next(queue: Set<Waiting>, most: number): boolean {
    const [first] = queue;
    if (!first || this.#taken >= most) return false;
    queue.delete(first);
    this.#taken += 1;
    first.begin();
    return true;
  }
}

/** How many of so many places those have who are not worth most. */
export function roomForOthers(all: number): number {
  return Math.ceil(all * (1 - KEPT));
}
