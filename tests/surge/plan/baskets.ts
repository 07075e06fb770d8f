export interface Baskets {
  baskets: string[][];
  /** Lines that are no basket: blank, or with something in them that is no stock code. */
  refused: number;
}

const CODE = /^[A-Za-z0-9._-]{1,40}$/;
const HEADER = 'stock_codes';

/** Real baskets: one a line, stock codes separated by blanks. A code that is there twice was bought in two colours or sizes, and counts once. */
export function readBaskets(text: string): Baskets {
  const lines = text.split(/\r?\n/);
  if (lines[0]?.trim() === HEADER) lines.shift();
  if (lines.at(-1) === '') lines.pop();
  const baskets = lines.map((line) => [...new Set(line.trim().split(/\s+/))]).filter((codes) => codes.every((code) => CODE.test(code)));
  return { baskets, refused: lines.length - baskets.length };
}
