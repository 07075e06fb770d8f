import { sql } from 'kysely';
import { sign } from '../../../../infra/local/src/sandbox/webhooks.ts';
import type { PaymentRow, Trx } from '../database.ts';
import { applyPaymentEvent } from '../jobs/apply-payment-event.ts';
import { refundPayment } from '../jobs/refund-payment.ts';
import { inTurn, newKey, orderBody, type Shop, until, webhookSecret } from './shop.ts';

/** £28.95: two mugs and their delivery. */
export const TOTAL = 2895;

export async function placeByCard(shop: Shop, visitor = shop.shopper()) {
  const key = newKey();
  const response = await inTurn(() => shop.place(visitor.headers, key, orderBody({ paymentMethod: 'card' })));
  if (response.statusCode !== 201) throw new Error(response.body);
  const { id, payment } = response.json() as { id: string; payment: { url: string } };
  return { ...visitor, id, url: payment.url };
}

/** An order that is paid, of which its shopper knows. */
export async function paidOrder(shop: Shop, visitor = shop.shopper()) {
  const order = await placeByCard(shop, visitor);
  await shop.pay(order.url);
  const seen = await look(shop, order);
  if (seen.state !== 'paid') throw new Error(`it is ${seen.state}`);
  const { intent_id: intentId } = await paymentOf(shop, order.id);
  return { ...order, intentId: intentId ?? '' };
}

export async function look(shop: Shop, { id, headers }: { id: string; headers: Record<string, string> }) {
  return (await shop.app.inject({ url: `/api/orders/${id}`, headers })).json();
}

export async function paymentOf(shop: Shop, orderId: string): Promise<PaymentRow> {
  return await shop.db.selectFrom('payment').selectAll().where('order_id', '=', orderId).executeTakeFirstOrThrow();
}

export async function orderOf(shop: Shop, orderId: string) {
  return await shop.db.selectFrom('order').select(['state', 'stock']).where('id', '=', orderId).executeTakeFirstOrThrow();
}

export async function refundsOf(shop: Shop, orderId: string) {
  return await shop.db.selectFrom('refund').selectAll().where('order_id', '=', orderId).orderBy('requested_at').execute();
}

/** What the provider's own books say was returned of a payment. */
export async function returnedOf(shop: Shop, intentId: string): Promise<number[]> {
  const { refunds } = await shop.ledger();
  return refunds.filter(({ intent }: { intent: string }) => intent === intentId).map(({ amount }: { amount: number }) => amount);
}

/** A second way to pay an order, as if the provider had been asked twice. */
export async function secondSession(shop: Shop, orderId: string, { amount = TOTAL, currency = 'gbp' } = {}): Promise<{ id: string; url: string }> {
  return await shop.atProvider('/v1/checkout/sessions', {
    mode: 'payment',
    'line_items[0][quantity]': '1',
    'line_items[0][price_data][currency]': currency,
    'line_items[0][price_data][unit_amount]': String(amount),
    'line_items[0][price_data][product_data][name]': 'Mugs',
    'metadata[order]': orderId,
    'payment_intent_data[metadata][order]': orderId,
    success_url: 'http://127.0.0.1:8080/',
  });
}

/** By which the provider knows the money that was paid in a session. */
export async function intentOf(shop: Shop, sessionId: string): Promise<string> {
  const { sessions } = await shop.ledger();
  return sessions.find(({ id }: { id: string }) => id === sessionId).intent;
}

/** Does what is left to do about payments, as the jobs would: those that fail are tried again until they do not. */
export async function finishPayments(shop: Shop): Promise<void> {
  await until(async () => {
    const events = await shop.db.selectFrom('payment_event').select('id').where('processed_at', 'is', null).execute();
    for (const { id } of events) await applyPaymentEvent(shop.deps, { eventId: id }).catch(() => undefined);
    const refunds = await shop.db.selectFrom('refund').select('id').where('state', '=', 'open').execute();
    for (const { id } of refunds) await refundPayment(shop.deps, { refundId: id }).catch(() => undefined);
    return events.length === 0 && refunds.length === 0;
  });
}

/** Whether somebody waits for what this transaction has locked. */
export async function isWaitedFor(trx: Trx): Promise<boolean> {
  const { rows } = await sql`select 1 from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))`.execute(trx);
  return rows.length > 0;
}

/** A webhook as the provider signs it. */
export async function deliver(shop: Shop, body: string, at?: number) {
  return await shop.sendWebhook(body, sign(body, webhookSecret, at));
}

/** The events about an order or its payment, of one type, in the order in which the provider tells them. */
export async function eventsAbout(shop: Shop, what: string, type: string, count = 1): Promise<string[]> {
  return await until(async () => {
    const found = [...new Set(shop.relay.seen.filter((each) => each.type === type && each.body.includes(what)).map(({ body }) => body))];
    return found.length >= count && found;
  });
}

