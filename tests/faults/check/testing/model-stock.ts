import type { LineRow, Snapshot, StockRow } from '../../history/rows.ts';

/** Counts of units, and what is held or committed for whom. */
export class ModelStock {
  readonly rows: StockRow[];
  readonly reservations: Snapshot['reservations'] = [];
  /** What a reader without a lock saw, one write ago. */
  readonly #seen = new Map<string, number>();
  readonly #locks: boolean;

  constructor(rows: readonly StockRow[], { locks }: { locks: boolean }) {
    this.rows = rows.map((row) => Object.assign({}, row));
    this.#locks = locks;
  }

  priceOf(sku: string): number {
    return this.#row(sku).price;
  }

  isWanting({ sku, quantity }: LineRow): boolean {
    const { onHand, reserved } = this.#row(sku);
    const free = onHand - reserved;
    const seen = this.#seen.get(sku) ?? free;
    this.#seen.set(sku, free);
    return (this.#locks ? free : Math.max(free, seen)) < quantity;
  }

  hold(order: string, lines: readonly LineRow[]): void {
    for (const { sku, quantity } of lines) this.#row(sku).reserved += quantity;
    this.reservations.push({ order, state: 'held', expiresAt: 1, lines: lines.map(({ sku, quantity }) => ({ sku, quantity })) });
  }

  commit(order: string): void {
    for (const hold of this.#holdsOf(order, 'held')) {
      hold.state = 'committed';
      for (const { sku, quantity } of hold.lines) {
        const row = this.#row(sku);
        row.reserved -= quantity;
        row.onHand = Math.max(0, row.onHand - quantity);
      }
    }
  }

  /** Gives back what was held, or had been sold. */
  release(order: string): void {
    for (const hold of this.#holdsOf(order, 'held', 'committed')) {
      for (const { sku, quantity } of hold.lines) {
        if (hold.state === 'held') this.#row(sku).reserved -= quantity;
        else this.#row(sku).onHand += quantity;
      }
      hold.state = 'released';
    }
  }

  #holdsOf(order: string, ...states: string[]): Snapshot['reservations'] {
    return this.reservations.filter((hold) => hold.order === order && states.includes(hold.state));
  }

  #row(sku: string): StockRow {
    const row = this.rows.find((each) => each.sku === sku);
    if (!row) throw new Error(`no ${sku}`);
    return row;
  }
}
