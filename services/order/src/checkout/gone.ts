import { outOfStock } from '../errors.ts';
import { type BasketLine, TOO_FEW } from './basket.ts';

/** How long what catalog said is told to others. Stock that comes back within it is refused to them for so long at most. */
const KNOWN_MS = 300;
/** So many are refused one after the other, with less than a second between them, before it is a rush. */
const RUSH = 5;
const PAUSE_MS = 1000;
const MOST_SKUS = 1000;

/** What everybody wants and nobody can have, for some hundred milliseconds. */
export interface Gone {
  /** Catalog has said that there is nothing left of these. */
  tell(skus: readonly string[]): void;
  /** @throws outOfStock (409) when one of them is known to be gone, and many ask for it */
  refuse(lines: readonly BasketLine[]): void;
}

/**
 * A thousand who want the last hundred are nine hundred who are told that it is gone, each at the price of a question to catalog,
 * while people with other things in their carts wait behind them. In a rush one asks for all: what catalog has said is
 * told to whoever comes within 300 ms, then it is asked again. Pages may be 5 s old; nobody is refused by this who comes alone.
 */
export function openGone(): Gone {
  const told = new Map<string, { times: number; at: number }>();
  return {
    tell: (skus) => {
      if (told.size > MOST_SKUS) told.clear();
      const at = performance.now();
      for (const sku of skus) {
        const before = told.get(sku);
        told.set(sku, { times: before && at < before.at + PAUSE_MS ? before.times + 1 : 1, at });
      }
    },
    refuse: (lines) => {
      if (told.size === 0) return;
      const now = performance.now();
      const gone = lines.map(({ sku }) => sku).filter((sku) => {
        const last = told.get(sku);
        return last !== undefined && last.times >= RUSH && now < last.at + KNOWN_MS;
      });
      if (gone.length > 0) throw outOfStock({ detail: TOO_FEW, extra: { lines: gone.map((sku) => ({ sku, available: 0 })) } });
    },
  };
}
