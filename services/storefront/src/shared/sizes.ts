/** What units are of the smallest of their kind. Sizes of different kinds are not compared by their numbers. */
const UNITS: Record<string, [kind: string, worth: number]> = {
  mm: ['length', 1],
  cm: ['length', 10],
  inch: ['length', 25.4],
  m: ['length', 1000],
  ml: ['volume', 1],
  cl: ['volume', 10],
  oz: ['volume', 28.4],
  l: ['volume', 1000],
  litre: ['volume', 1000],
  litres: ['volume', 1000],
  g: ['weight', 1],
  kg: ['weight', 1000],
  gb: ['data', 1],
  tb: ['data', 1000],
};

/** From small to large: XS, S, M, L, XL; then numbers by what they measure; then words by name. */
export function bySize<T>(items: readonly T[], sizeOf: (item: T) => string): T[] {
  return items
    .map((item) => ({ item, size: sizeOf(item), place: placeOf(sizeOf(item)) }))
    .sort(({ place: a, size }, { place: b, size: other }) => a.rank - b.rank || NAMES.compare(a.kind, b.kind) || a.amount - b.amount || NAMES.compare(size, other))
    .map(({ item }) => item);
}

const NAMES = new Intl.Collator('en-GB', { numeric: true });

function placeOf(size: string): { rank: number; kind: string; amount: number } {
  const letters = /^(?:(\d+)X|(X*))(Small|Medium|Large|[SML])\b/i.exec(size);
  if (letters) {
    const [, times, xs = '', letter = ''] = letters;
    const extra = 1 + Number(times ?? xs.length);
    return { rank: 0, kind: '', amount: { s: -extra, m: 0, l: extra }[letter.charAt(0).toLowerCase()] ?? 0 };
  }
  const number = /^(\D*?)([+-]?\d+(?:\.\d+)?)(?:\/(\d+))?[\s-]*(\p{L}*)/u.exec(size);
  if (number) {
    const [, label = '', value, part = '1', unit = ''] = number;
    const [kind, worth] = UNITS[unit.toLowerCase()] ?? [unit, 1];
    return { rank: 1, kind: label + kind, amount: (Number(value) / Number(part)) * worth };
  }
  return { rank: 2, kind: '', amount: 0 };
}
