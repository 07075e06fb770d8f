import type { Detail, Options } from '../database.ts';

/** A variant as a merchant gives it. */
export interface VariantInput {
  sku: string;
  options: Options;
  price: number;
  was: number | null;
  /** Units on hand; undefined leaves what is known. */
  stock: number | undefined;
  /** Units on hand of a SKU that is new, where `stock` does not say. */
  initialStock?: number;
}

/** A product as a merchant gives it. A field that is undefined keeps what is known of it. */
export interface ProductInput {
  /** The same key is the same product, whatever it is called now. */
  key: string;
  /** What it would like to be called in its address; a name for it is found otherwise. */
  slug?: string;
  name: string | undefined;
  categoryId: number | undefined;
  description: string | undefined;
  picture: string | undefined;
  popularity: number | undefined;
  details: Detail[] | undefined;
  variants: VariantInput[];
}

/** The options that listings can be filtered by: named here, in the query of the listing, and nowhere else. */
export const FILTERABLE = ['colour', 'size'] as const;
export type Filterable = (typeof FILTERABLE)[number];

/** How a value of a filterable option is written in `product.facets` and searched for. */
export function facetTerm(option: Filterable, value: string): string {
  return `${option}=${value}`;
}
