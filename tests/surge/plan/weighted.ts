import type { Random } from '../../faults/random.ts';

/** Draws positions of a list in proportion to their weights. */
export class Weighted {
  readonly #sums: Float64Array;

  constructor(weights: readonly number[]) {
    if (weights.length === 0) throw new Error('there is nothing to draw from');
    this.#sums = new Float64Array(weights.length);
    let sum = 0;
    weights.forEach((weight, position) => (this.#sums[position] = sum += weight));
    if (!(sum > 0)) throw new Error('nothing has a weight');
  }

  draw(random: Random): number {
    const sums = this.#sums;
    const wanted = random.next() * (sums.at(-1) ?? 0);
    let [low, high] = [0, sums.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** The first is wanted most, rank r in proportion to 1/r^skew; 1 is what sales of shops and words of languages are near. */
export function zipf(ranks: number, skew = 1): Weighted {
  return new Weighted(Array.from({ length: ranks }, (_, rank) => (rank + 1) ** -skew));
}
