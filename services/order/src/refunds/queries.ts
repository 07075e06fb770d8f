import { sql } from 'kysely';
import type { Database, RefundRow, Trx } from '../database.ts';
import { derivedId } from '../orders/identifiers.ts';

export type NewRefund = Pick<RefundRow, 'id' | 'order_id' | 'intent_id' | 'amount' | 'currency' | 'reason'>;

/**
 * The id of a refund that nobody has to ask for: of what is left of a payment after so many refunds. However often its
 * cause is told, it is the same refund.
 */
export function automaticId(intentId: string, refundsBefore: number): string {
  return derivedId(`refund\0${intentId}\0${refundsBefore}`);
}

/** The id of one that a person asks for: whoever asks for the same without having seen the first one asks for that. */
export function askedId(orderId: string, amount: number | undefined, refundsSeen: number): string {
  return derivedId(`refund\0${orderId}\0${amount ?? 'all'}\0${refundsSeen}`);
}

/** The id of what takes the place of one that failed. */
export function againId(failedId: string): string {
  return derivedId(`refund again\0${failedId}`);
}

export async function findRefund(db: Database | Trx, id: string): Promise<RefundRow | undefined> {
  return await db.selectFrom('refund').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Of an order, also of what was paid besides its payment, oldest first. */
export async function allRefundsOf(db: Database | Trx, orderId: string): Promise<RefundRow[]> {
  return await db.selectFrom('refund').selectAll().where('order_id', '=', orderId).orderBy('requested_at').orderBy('id').execute();
}

export async function findOpenRefund(db: Database, id: string): Promise<RefundRow | undefined> {
  return await db.selectFrom('refund').selectAll().where('id', '=', id).where('state', '=', 'open').executeTakeFirst();
}

/** Of one payment, oldest first. */
export async function refundsOf(trx: Trx, orderId: string, intentId: string): Promise<RefundRow[]> {
  return await trx.selectFrom('refund').selectAll().where('order_id', '=', orderId).where('intent_id', '=', intentId).orderBy('requested_at').orderBy('id').execute();
}

/** False when it is there already. */
export async function insertRefund(trx: Trx, refund: NewRefund): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx.insertInto('refund').values(refund).onConflict((conflict) => conflict.doNothing()).executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** One that was made without us. */
export async function insertEnded(trx: Trx, refund: NewRefund, state: 'done' | 'failed', providerId: string): Promise<void> {
  await trx.insertInto('refund').values({ ...refund, state, provider_id: providerId, ended_at: sql`now()` }).execute();
}

export async function endRefund(trx: Trx, id: string, state: 'done' | 'failed', providerId: string | null): Promise<void> {
  await trx.updateTable('refund').set({ state, provider_id: providerId, ended_at: sql`now()` }).where('id', '=', id).execute();
}

/** The provider will answer this attempt with its old failure from now on. Of two who notice, one raises it. */
export async function raiseAttempt(db: Database, { id, attempt }: Pick<RefundRow, 'id' | 'attempt'>): Promise<void> {
  await db.updateTable('refund').set({ attempt: attempt + 1 }).where('id', '=', id).where('attempt', '=', attempt).where('state', '=', 'open').execute();
}

/** Whose payment it is, also when it was a second one for the same order. */
export async function orderOfIntent(db: Database, intentId: string): Promise<string | undefined> {
  const { rows } = await sql<{ order_id: string }>`
    select order_id from payment where intent_id = ${intentId} union all select order_id from refund where intent_id = ${intentId} limit 1`.execute(db);
  return rows[0]?.order_id;
}
