import { setTimeout as wait } from 'node:timers/promises';
import { inTransaction } from '@emall/runtime';
import { UsageError } from '../command.ts';
import type { Database, PaymentRow } from '../database.ts';
import { orderNumber } from '../orders/identifiers.ts';
import { findPayment } from '../payments/queries.ts';
import { formatAmount, parseAmount } from './amounts.ts';
import { type Found, ordersNamed } from './find-order.ts';
import type { Asked } from './options.ts';
import { NotRefundable, requestRefund } from './request.ts';

/** The shop asks the provider at once; one that does not answer is asked again within 10 s. */
const PATIENCE_MS = 30_000;
const LOOK_MS = 200;

/**
 * Returns money at a person's wish: says what will happen, promises it, and waits until the shop's own jobs have done it.
 * @returns an exit code: 1 when it was refused, also by the provider
 */
export async function refundOrder(db: Database, { order: name, amount: text, reason }: Asked, say: (line: string) => void, patienceMs = PATIENCE_MS): Promise<number> {
  const order = await theOrder(db, name);
  const number = orderNumber(order.id);
  if (order.payment_method === 'on_delivery') throw new Error(`${number} is paid on delivery: nothing was paid through the provider, so nothing can be returned through it.`);
  const payment = await thePayment(db, order.id);
  const { currency, received, promised } = payment;
  const money = (amount: number) => formatAmount(amount, currency);
  const amount = text === undefined ? undefined : parseAmount(text, currency);
  if (text !== undefined && (amount === undefined || amount === 0)) throw new UsageError(`"${text}" is not an amount in ${currency}, such as 12.34.`);
  say(`${number}: ${money(received)} was paid${promised > 0 ? `, ${money(promised)} of it has been returned or is on its way` : ''}.`);

  const refund = await inTransaction(db, (trx) => requestRefund(trx, { orderId: order.id, reason, ...(amount !== undefined && { amount }) })).catch((error: unknown) => {
    if (!(error instanceof NotRefundable)) throw error;
    throw new Error(`${number}: ${error.message}${error.left > 0 ? `, which is ${money(error.left)}` : ''}.`);
  });
  const all = promised + refund.amount === received;
  const ends = all && order.state === 'paid' ? ' The order ends, and its stock goes back.' : '';
  say(`${money(refund.amount)} goes back to the card it was paid with.${ends}`);

  const state = await outcome(db, refund.id, patienceMs);
  if (state === 'open') say('The provider has not confirmed it yet. It is asked again until it does; there is no need to repeat this.');
  if (state === 'failed') say('The provider did not return it, so it is not promised any more. The log of the order service says why.');
  const after = await thePayment(db, order.id);
  const [now] = await ordersNamed(db, order.id);
  say(`${number} is ${now?.state}; ${money(after.refunded)} of ${money(after.received)} has been returned.`);
  return state === 'failed' ? 1 : 0;
}

async function theOrder(db: Database, name: string): Promise<Found> {
  const [order, other] = await ordersNamed(db, name);
  if (!order) throw new Error(`There is no order "${name}". An order has a number such as EM-7Q4K-2M9D, or an id.`);
  if (other) throw new Error(`Two orders have the number ${name}: say which by its id, ${order.id} or ${other.id}.`);
  return order;
}

async function thePayment(db: Database, orderId: string): Promise<PaymentRow> {
  const payment = await findPayment(db, orderId);
  if (!payment || payment.received === 0) throw new Error(`${orderNumber(orderId)}: nothing was paid for it, so there is nothing to return.`);
  return payment;
}

async function outcome(db: Database, id: string, patienceMs: number): Promise<'open' | 'done' | 'failed' | undefined> {
  for (const end = performance.now() + patienceMs; ; await wait(LOOK_MS)) {
    const refund = await db.selectFrom('refund').select('state').where('id', '=', id).executeTakeFirst();
    if (refund?.state !== 'open' || performance.now() > end) return refund?.state;
  }
}
