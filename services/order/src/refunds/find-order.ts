import { sql } from 'kysely';
import type { Database, OrderRow, RefundRow } from '../database.ts';
import { firstIdOf, lastIdOf } from '../orders/identifiers.ts';
import { findRefund } from './queries.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export type Found = Pick<OrderRow, 'id' | 'state' | 'payment_method' | 'placed_at'>;

/** By its id, or by the number that people read out. A number is a part of the id: two orders could share it. */
export async function ordersNamed(db: Database, name: string): Promise<Found[]> {
  const id = name.toLowerCase();
  const [first, last] = UUID.test(id) ? [id, id] : [firstIdOf(name), lastIdOf(name)];
  if (first === undefined || last === undefined) return [];
  return await db
    .selectFrom('order')
    .select(['id', 'state', 'payment_method', 'placed_at'])
    .where('id', '>=', sql<string>`${first}::uuid`)
    .where('id', '<=', sql<string>`${last}::uuid`)
    .limit(2)
    .execute();
}

/** Refunds are known by their ids alone. */
export async function refundNamed(db: Database, name: string): Promise<RefundRow | undefined> {
  const id = name.toLowerCase();
  return UUID.test(id) ? await findRefund(db, id) : undefined;
}
