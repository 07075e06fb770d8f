export interface Line {
  sku: string;
  quantity: number;
}

/** How Postgres takes a list of lines: two arrays of the same length. */
export function columnsOf(lines: readonly Line[]): { skus: string[]; quantities: number[] } {
  return { skus: lines.map(({ sku }) => sku), quantities: lines.map(({ quantity }) => quantity) };
}
