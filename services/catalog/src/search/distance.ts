/**
 * How many slips of the finger lie between two words: a letter too many, too few, wrong, or two swapped
 * (optimal string alignment).
 */
export function distance(a: string, b: string): number {
  const width = b.length + 1;
  let twoAbove: number[] = [];
  let above = Array.from({ length: width }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j < width; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + cost);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) best = Math.min(best, (twoAbove[j - 2] ?? 0) + 1);
      row.push(best);
    }
    [twoAbove, above] = [above, row];
  }
  return above[b.length] ?? 0;
}

export interface Candidate {
  word: string;
  products: number;
}

/**
 * The word that was meant by one that nobody sells: the nearest within one slip (two from six letters on), the commoner
 * of two that are as near, else the commonest that begins with it.
 */
export function meant<T extends Candidate>(typed: string, candidates: readonly T[]): T | undefined {
  const allowed = typed.length < 3 ? 0 : typed.length < 6 ? 1 : 2;
  const near = candidates
    .map((candidate) => ({ candidate, slips: distance(typed, candidate.word) }))
    .filter(({ slips }) => slips <= allowed)
    .sort((a, b) => a.slips - b.slips || b.candidate.products - a.candidate.products);
  const begun = candidates.filter(({ word }) => word.startsWith(typed)).sort((a, b) => b.products - a.products);
  const [nearest] = near;
  // "headphon" is the beginning of "headphones" before it is a slip for anything.
  return begun[0] && (!nearest || nearest.slips > 1) ? begun[0] : (nearest?.candidate ?? begun[0]);
}
