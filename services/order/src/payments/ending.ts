import { sql } from 'kysely';
import type { OrderState, PaymentState, Trx } from '../database.ts';
import { addJobs, job } from '../jobs/add-jobs.ts';

/** Ends an order that nobody has paid, or that cannot be served, and gives back its stock. The caller holds its lock. */
export async function cancel(trx: Trx, { id, shopper }: { id: string; shopper: string }): Promise<void> {
  await trx.updateTable('order').set({ state: 'cancelled', stock: 'releasing', updated_at: sql`now()` }).where('id', '=', id).execute();
  await addJobs(trx, [job('release-stock', { orderId: id, shopper })]);
}

export async function changeState(trx: Trx, id: string, state: OrderState): Promise<void> {
  await trx.updateTable('order').set({ state, updated_at: sql`now()` }).where('id', '=', id).execute();
}

export async function endPayment(
  trx: Trx,
  orderId: string,
  set: { state: PaymentState; session_id?: string; intent_id?: string | null; received?: number },
): Promise<void> {
  await trx
    .updateTable('payment')
    .set({ ...set, url: null, updated_at: sql`now()` })
    .where('order_id', '=', orderId)
    .execute();
}
