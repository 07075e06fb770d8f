import { UsageError } from '../command.ts';
import type { Database, PaymentRow, RefundRow } from '../database.ts';
import { orderNumber } from '../orders/identifiers.ts';
import { findPayment } from '../payments/queries.ts';
import { formatAmount, parseAmount } from './amounts.ts';
import { type Found, ordersNamed, refundNamed } from './find-order.ts';
import type { Asked } from './options.ts';
import { outcome, promise, type Telling } from './promise.ts';
import { allRefundsOf, askedId } from './queries.ts';
import { requestAgain, requestRefund } from './request.ts';

/** The shop asks the provider at once; one that does not answer is asked again within 10 s. */
const PATIENCE_MS = 30_000;

/**
 * Returns money at a person's wish: says what will happen, promises it, and waits until the shop's own jobs have done it.
 * @returns an exit code: 1 when it was refused, also by the provider
 */
export async function refundOrder(db: Database, { name, amount: text, reason, list }: Asked, say: Telling['say'], patienceMs = PATIENCE_MS): Promise<number> {
  const refund = list ? undefined : await refundNamed(db, name);
  if (refund && text !== undefined) throw new UsageError('A refund that failed is made again as it was: without an amount.');
  if (refund) return await makeAgain(db, refund, say, patienceMs);

  const order = await theOrder(db, name);
  const number = orderNumber(order.id);
  if (order.payment_method === 'on_delivery') throw new Error(`${number} is paid on delivery: nothing was paid through the provider, so nothing can be returned through it.`);
  const payment = await thePayment(db, order.id);
  const refunds = await allRefundsOf(db, order.id);
  if (payment.received === 0 && !(list && refunds.length > 0)) throw new Error(`${number}: nothing was paid for it, so there is nothing to return.${refunds.length > 0 ? ` What was paid besides: "refund ${number} --list".` : ''}`);
  const { currency, received, promised } = payment;
  const money = (amount: number) => formatAmount(amount, currency);
  const amount = text === undefined ? undefined : parseAmount(text, currency);
  if (text !== undefined && (amount === undefined || amount === 0)) throw new UsageError(`"${text}" is not an amount in ${currency}, such as 12.34.`);
  say(`${number}: ${money(received)} was paid${promised > 0 ? `, ${money(promised)} of it has been returned or is on its way` : ''}.`);
  for (const each of refunds) say(lineOf(each));
  if (list) return 0;

  const id = askedId(order.id, amount, refunds.length);
  const requested = await promise(db, (trx) => requestRefund(trx, { id, orderId: order.id, reason, ...(amount !== undefined && { amount }) }), { number, currency, say });
  const all = promised + requested.amount === received;
  const ends = all && order.state === 'paid' ? ' The order ends, and its stock goes back.' : '';
  say(`${money(requested.amount)} goes back to the card it was paid with.${ends}`);

  const code = await outcome(db, id, patienceMs, say);
  const after = await thePayment(db, order.id);
  const [now] = await ordersNamed(db, order.id);
  say(`${number} is ${now?.state}; ${money(after.refunded)} of ${money(after.received)} has been returned.`);
  return code;
}

async function makeAgain(db: Database, refund: RefundRow, say: Telling['say'], patienceMs: number): Promise<number> {
  const { order_id: orderId, currency } = refund;
  say(lineOf(refund));
  const { id, amount } = await promise(db, (trx) => requestAgain(trx, refund), { number: orderNumber(orderId), currency, say });
  say(`${formatAmount(amount, currency)} goes back to the card it was paid with.`);
  const code = await outcome(db, id, patienceMs, say);
  for (const each of await allRefundsOf(db, orderId)) say(lineOf(each));
  return code;
}

const WORDS = { open: 'is on its way', done: 'has been returned', failed: 'failed' };

function lineOf({ id, amount, currency, state, reason, requested_at: at }: RefundRow): string {
  return `  ${at.toISOString().slice(0, 10)}  ${id}  ${formatAmount(amount, currency)} ${WORDS[state]}: ${reason}`;
}

async function theOrder(db: Database, name: string): Promise<Found> {
  const [order, other] = await ordersNamed(db, name);
  if (!order) throw new Error(`There is no order "${name}". An order has a number such as EM-7Q4K-2M9D, or an id.`);
  if (other) throw new Error(`Two orders have the number ${name}: say which by its id, ${order.id} or ${other.id}.`);
  return order;
}

async function thePayment(db: Database, orderId: string): Promise<PaymentRow> {
  const payment = await findPayment(db, orderId);
  if (!payment) throw new Error(`${orderNumber(orderId)}: nothing was paid for it, so there is nothing to return.`);
  return payment;
}
