import type { Database } from '../database.ts';
import { findOrders, findSales, noteSales, type Order, type Sale, type SaleNote } from '../orders/queries.ts';
import { together } from './together.ts';

/** The books of what was sold, as its jobs read and write them: a statement for many, because each cost more than what it did. */
export interface Sales {
  find(id: string): Promise<Sale | undefined>;
  order(id: string): Promise<Order | undefined>;
  /** Returns once it is written. */
  note(id: string, done: Partial<Omit<SaleNote, 'id'>>): Promise<void>;
}

export function createSales(db: Database): Sales {
  const sales = together((ids: readonly string[]) => findSales(db, ids));
  const orders = together((ids: readonly string[]) => findOrders(db, ids));
  const notes = together((all: readonly SaleNote[]) => noteSales(db, all));
  const named = <Found extends { id: string }>(found: readonly Found[], id: string) => found.find((each) => each.id === id);
  return {
    find: async (id) => named(await sales(id), id),
    order: async (id) => named(await orders(id), id),
    note: (id, { committed = false, cleared = false, confirmed = false }) => notes({ id, committed, cleared, confirmed }),
  };
}
