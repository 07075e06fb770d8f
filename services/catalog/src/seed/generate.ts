import { createHash } from 'node:crypto';
import type { ProductInput, VariantInput } from '../products/product.ts';
import { adjectives, colours, departments, inventWord, materials, sizes } from './vocabulary.ts';

/** Brand names and the rare words of descriptions. */
const BRANDS = 3000;
const RARE_WORDS = 20_000;

export interface SeedProduct extends Omit<ProductInput, 'categoryId'> {
  path: [department: string, category: string];
}

/** Product number n of the seeded catalogue: the same for ever, whatever N is. */
export function seedProduct(n: number): SeedProduct {
  const random = randomOf(`product ${n}`);
  const department = skewed(Object.keys(departments), random, 0.5);
  const category = skewed(Object.keys(departments[department] ?? {}), random, 0.5);
  const noun = skewed(departments[department]?.[category] ?? [], random, 0.8);
  const adjective = skewed(adjectives, random);
  const material = skewed(materials, random);
  const brand = capital(inventWord(zipf(BRANDS, random)));
  const sku = `S${String(n).padStart(7, '0')}`;
  return {
    key: sku,
    path: [department, category],
    name: `${brand} ${adjective} ${material} ${noun}`,
    description: describe({ brand, adjective, material, noun, random }),
    picture: undefined,
    // A few best sellers and a long tail, as in the real sales of a giftware shop.
    popularity: Math.floor(2000 / (1 + random() * 400) ** 0.9),
    details: [{ name: 'Material', value: material }],
    variants: variantsOf(sku, department, random),
  };
}

function describe({ brand, adjective, material, noun, random }: Record<'brand' | 'adjective' | 'material' | 'noun', string> & { random: () => number }): string {
  const extra = Array.from({ length: 8 }, () => inventWord(BRANDS + zipf(RARE_WORDS, random)));
  return `A ${adjective.toLowerCase()} ${noun.toLowerCase()} in ${material.toLowerCase()} by ${brand}, made to be used every day. ` +
    `Notes of ${extra.slice(0, 4).join(', ')}; goes well with ${extra.slice(4).join(', ')}.`;
}

function variantsOf(sku: string, department: string, random: () => number): VariantInput[] {
  const price = Math.round(1 + 120 * random() ** 2.5) * 100 - (random() < 0.5 ? 1 : 50);
  const reduced = random() < 0.15 ? Math.round(price * 1.25) : null;
  const stock = () => (random() < 0.06 ? 0 : 1 + Math.floor(random() * 200));
  const colour = () => skewed(colours, random);
  if (department === 'Clothing') {
    const only = colour();
    return sizes.slice(0, 3).map((size) => ({ sku: `${sku}-${size}`, options: { colour: only, size }, price, was: reduced, stock: stock() }));
  }
  const count = random() < 0.25 ? 2 : 1;
  const shades = [...new Set(Array.from({ length: count }, colour))];
  return shades.map((shade, i) => ({ sku: i === 0 ? sku : `${sku}-${i}`, options: { colour: shade }, price: price + i * 100, was: reduced && reduced + i * 100, stock: stock() }));
}

/** Rank r is drawn in proportion to 1/(r+1): the skew of words in a language. */
function zipf(n: number, random: () => number): number {
  return Math.min(n - 1, Math.floor((n + 1) ** random()) - 1);
}

/** The first of a list far more often than the last. */
function skewed(list: readonly string[], random: () => number, exponent = 1): string {
  const at = Math.floor(random() ** (1 + exponent) * list.length);
  return list[Math.min(at, list.length - 1)] ?? '';
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** mulberry32 from a hash of the text: small, even enough, and the same everywhere. */
function randomOf(text: string): () => number {
  let state = createHash('sha1').update(text).digest().readUInt32LE(0);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
