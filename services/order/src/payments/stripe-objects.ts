import type Stripe from 'stripe';
import type { NewPayment, PaymentEvent, Returned, Session } from './provider.ts';

/** Stripe keeps a session open for at least 30 min; ours ends sooner, because we expire it. */
const STRIPE_SHORTEST_MS = 30 * 60_000;

/** Everything here is derived from the order, so that a repeat sends the same bytes and Stripe recognises it. */
export function sessionOf(payment: NewPayment): Stripe.Checkout.SessionCreateParams {
  const { orderId, currency } = payment;
  return {
    mode: 'payment',
    allowed_payment_method_types: ['card'],
    // The amount that is charged must be the one that was agreed, in its currency.
    adaptive_pricing: { enabled: false },
    line_items: shortened(payment.lines).map(({ name, price, quantity }) => ({
      quantity,
      price_data: { currency: currency.toLowerCase(), unit_amount: price, product_data: { name } },
    })),
    customer_email: payment.email,
    client_reference_id: orderId,
    metadata: { order: orderId, number: payment.orderNumber },
    payment_intent_data: { description: `Order ${payment.orderNumber}`, metadata: { order: orderId } },
    success_url: payment.paidUrl,
    cancel_url: payment.cancelledUrl,
    expires_at: Math.ceil(endOf(payment).getTime() / 1000),
  };
}

/** Counted from when the order was placed; a repeat within the hold still leaves Stripe its 30 min. */
export function endOf({ placedAt, holdUntil }: Pick<NewPayment, 'placedAt' | 'holdUntil'>): Date {
  const hold = holdUntil.getTime() - placedAt.getTime();
  return new Date(holdUntil.getTime() + Math.max(STRIPE_SHORTEST_MS, hold));
}

const MOST_LINES = 100;

/** Stripe shows no more than 100 lines; the sum stays what it is. */
function shortened(lines: NewPayment['lines']): NewPayment['lines'] {
  if (lines.length <= MOST_LINES) return lines;
  const rest = lines.slice(MOST_LINES - 1);
  const price = rest.reduce((sum, line) => sum + line.price * line.quantity, 0);
  return [...lines.slice(0, MOST_LINES - 1), { name: `${rest.length} further items`, price, quantity: 1 }];
}

export function toSession(session: Stripe.Checkout.Session): Session {
  const { id, status, payment_status: paid, payment_intent: intent } = session;
  return {
    id,
    state: status === 'complete' && paid === 'paid' ? 'paid' : status === 'expired' ? 'expired' : 'open',
    orderId: session.metadata?.['order'],
    url: session.url ?? undefined,
    intentId: (typeof intent === 'string' ? intent : intent?.id) ?? undefined,
    amount: session.amount_total ?? 0,
    currency: (session.currency ?? '').toUpperCase(),
  };
}

export function toReturned({ id, amount, currency, metadata, status }: Stripe.Refund): Returned {
  // What is pending is the bank's to finish: we can neither hasten it nor ask for it again.
  const state = status === 'failed' || status === 'canceled' ? 'failed' : 'done';
  return { id, refundId: metadata?.['refund'], amount, currency: currency.toUpperCase(), state };
}

export function toEvent(event: Stripe.Event): PaymentEvent {
  const { id, type } = event;
  const { object } = event.data;
  return {
    id,
    type,
    session: type.startsWith('checkout.session.') ? toSession(object as Stripe.Checkout.Session) : undefined,
    returned: RETURNED.has(type) ? whose(object as Stripe.Charge | Stripe.Refund) : undefined,
  };
}

const RETURNED: ReadonlySet<string> = new Set(['charge.refunded', 'charge.refund.updated', 'refund.created', 'refund.updated', 'refund.failed']);

/** A charge repeats what its intent was told of the order; a refund made by hand knows of none. */
function whose({ payment_intent: intent, metadata }: Stripe.Charge | Stripe.Refund): PaymentEvent['returned'] {
  const intentId = typeof intent === 'string' ? intent : intent?.id;
  return intentId === undefined ? undefined : { intentId, orderId: metadata?.['order'] };
}
