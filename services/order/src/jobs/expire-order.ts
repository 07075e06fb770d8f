import { endUnpaid } from '../orders/end-unpaid.ts';
import { findOrder } from '../orders/queries.ts';
import { PATIENT, type JobDeps } from './deps.ts';

/** The hold has lapsed: ends an order that nobody has paid. */
export async function expireOrder(deps: JobDeps, { orderId }: { orderId: string }): Promise<void> {
  const order = await findOrder(deps.db, orderId);
  if (order?.state === 'awaiting_payment') await endUnpaid(deps, order, PATIENT);
}
