import type { Random } from '../../faults/random.ts';
import { type Weighted, zipf } from '../plan/weighted.ts';
import type { Catalogue, Product } from './catalogue.ts';

/** Baskets of a wholesaler's customers have 21 codes on average; nobody here stays that long. */
const MOST_LINES = 5;
const SORTS = ['price-asc', 'price-desc', 'newest', 'name'];

/** What people look for, drawn by how much it is wanted. */
export class Taste {
  readonly #catalogue: Catalogue;
  readonly #byRank: Weighted;
  readonly #categories: Weighted;
  readonly #bySku: Map<string, Product>;
  readonly #baskets: string[][];

  /** @param baskets real ones, as far as their codes are on sale; without them popularity is Zipf's by rank */
  constructor(catalogue: Catalogue, baskets: readonly string[][] = []) {
    this.#catalogue = catalogue;
    this.#byRank = zipf(catalogue.products.length);
    this.#categories = zipf(catalogue.categories.length, 0.7);
    this.#bySku = new Map(catalogue.products.flatMap((product) => product.skus.map((sku) => [sku, product] as const)));
    this.#baskets = baskets.map((codes) => codes.filter((code) => this.#bySku.has(code))).filter((codes) => codes.length > 0);
    if (baskets.length > 0 && this.#baskets.length === 0) throw new Error('nothing of these baskets is on sale in this shop');
  }

  /** How many real baskets are drawn from. */
  get baskets(): number {
    return this.#baskets.length;
  }

  product(random: Random): Product {
    const [sku = ''] = this.#baskets.length > 0 ? [random.pick(random.pick(this.#baskets))] : [];
    return this.#bySku.get(sku) ?? (this.#catalogue.products[this.#byRank.draw(random)] as Product);
  }

  /** What one person buys: SKUs with their pages. */
  basket(random: Random): { sku: string; product: Product }[] {
    if (this.#baskets.length > 0) {
      const codes = random.shuffled(random.pick(this.#baskets)).slice(0, MOST_LINES);
      return codes.map((sku) => ({ sku, product: this.#bySku.get(sku) as Product }));
    }
    const lines = random.pick([1, 1, 1, 2, 2, 3, 4]);
    const products = new Set(Array.from({ length: lines }, () => this.product(random)));
    return [...products].map((product) => ({ sku: random.pick(product.skus), product }));
  }

  /** The path of a listing; one in five is sorted otherwise. */
  listing(random: Random): string {
    const slug = this.#catalogue.categories[this.#categories.draw(random)] ?? '';
    return random.chance(0.2) ? `/c/${slug}?sort=${random.pick(SORTS)}` : `/c/${slug}`;
  }

  /** One or two words of what is wanted; one in twenty is mistyped. */
  words(random: Random): string {
    const words = this.product(random).name.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter((word) => word.length > 2);
    const text = random.shuffled(words).slice(0, random.int(1, 2)).join(' ');
    return random.chance(0.05) && text.length > 4 ? mistyped(text, random) : text || 'gift';
  }

  search(random: Random): string {
    return `/search?q=${encodeURIComponent(this.words(random))}`;
  }
}

/** Two letters in the other order. */
function mistyped(text: string, random: Random): string {
  const at = random.int(1, text.length - 2);
  return `${text.slice(0, at)}${text[at + 1]}${text[at]}${text.slice(at + 2)}`;
}

