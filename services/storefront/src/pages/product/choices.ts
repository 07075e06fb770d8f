import type { Variant } from '../../shared/shapes.ts';

/** One value of the first option (a colour, mostly) with the variants that have it. */
export interface Choice {
  /** From 1: the class `pick-1` shows what `when-1` marks, by CSS alone. */
  index: number;
  label: string;
  variants: Variant[];
  available: boolean;
}

export interface Choices {
  /** What is chosen first, `colour` for example; undefined for a product that comes in one kind only. */
  name: string | undefined;
  /** What is chosen then, `size` for example. */
  second: string | undefined;
  choices: Choice[];
}

/** product.css knows as many. A product with more gets one flat list of all its variants. */
const MOST_CHOICES = 12;

export function choicesOf(variants: readonly Variant[]): Choices {
  const names = [...new Set(variants.flatMap(({ options }) => Object.keys(options)))];
  if (names.length === 0) return { name: undefined, second: undefined, choices: [choiceOf('', [...variants], 0)] };
  const first = names.find((name) => name.toLowerCase() === 'colour') ?? names[0] ?? '';
  const rest = names.filter((name) => name !== first);
  const byValue = Map.groupBy(variants, ({ options }) => options[first] ?? 'Other');
  if (byValue.size > MOST_CHOICES || rest.length === 0) {
    const choices = variants.map((variant, index) => choiceOf(labelOf(variant, names), [variant], index));
    return { name: names.join(' and '), second: undefined, choices };
  }
  const choices = [...byValue].map(([value, group], index) => choiceOf(value, group, index));
  return { name: first, second: rest.join(' and '), choices };
}

function choiceOf(label: string, variants: Variant[], position: number): Choice {
  return { index: position + 1, label, variants, available: variants.some(({ available }) => available > 0) };
}

/** The values of the given options, as words: `M`, or `M, oak`. */
export function labelOf({ options }: Variant, names: readonly string[]): string {
  return names.map((name) => options[name]).filter((value) => value !== undefined).join(', ');
}

/** Names of a variant's options besides those of the first choice. */
export function restOf({ options }: Variant, first: string | undefined): string[] {
  return Object.keys(options).filter((name) => name !== first);
}

export function cheapest(variants: readonly Variant[]): Variant | undefined {
  return variants.toSorted((a, b) => a.price.amount - b.price.amount)[0];
}

export function priceVaries(variants: readonly Variant[]): boolean {
  return new Set(variants.map(({ price }) => price.amount)).size > 1;
}
