/** Numbers that look random and come again with their seed (sfc32). Who works beside others takes a `fork`, so that timing changes no draw. */
export class Random {
  readonly seed: string;
  readonly #state: Uint32Array;

  constructor(seed: string | number) {
    this.seed = String(seed);
    this.#state = new Uint32Array(4);
    let hash = 0x811c9dc5;
    for (let word = 0; word < 4; word += 1) {
      for (const character of `${word}/${this.seed}`) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
      this.#state[word] = hash;
    }
    for (let round = 0; round < 16; round += 1) this.next();
  }

  /** From 0 to below 1. */
  next(): number {
    const state = this.#state;
    const [a = 0, b = 0, c = 0, count = 0] = state;
    const sum = (a + b + count) | 0;
    state[0] = b ^ (b >>> 9);
    state[1] = c + (c << 3);
    state[2] = ((c << 21) | (c >>> 11)) + sum;
    state[3] = count + 1;
    return (sum >>> 0) / 2 ** 32;
  }

  /** An integer from `least` to `most`, both included. */
  int(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new Error('there is nothing to pick from');
    return list[this.int(0, list.length - 1)] as T;
  }

  /** Fisher and Yates. */
  shuffled<T>(list: readonly T[]): T[] {
    const shuffled = [...list];
    for (let last = shuffled.length - 1; last > 0; last -= 1) {
      const other = this.int(0, last);
      [shuffled[last], shuffled[other]] = [shuffled[other] as T, shuffled[last] as T];
    }
    return shuffled;
  }

  letters(length: number): string {
    return Array.from({ length }, () => String.fromCharCode(97 + this.int(0, 25))).join('');
  }

  /** Another sequence of the same seed. */
  fork(label: string | number): Random {
    return new Random(`${this.seed}/${label}`);
  }
}
