import type { ChargeRecord, IntentRecord, RefundRecord, SessionRecord } from '../records.ts';

/** The members of Stripe's objects that a Checkout integration reads. */
export function sessionObject(session: SessionRecord, payOrigin: string) {
  const { id, status, amount } = session;
  return {
    id,
    object: 'checkout.session',
    adaptive_pricing: { enabled: false },
    amount_subtotal: amount,
    amount_total: amount,
    cancel_url: session.cancelUrl,
    client_reference_id: session.reference,
    created: session.created,
    currency: session.currency,
    customer: null,
    customer_details: session.email === null ? null : { email: session.email, name: null, phone: null, address: null, tax_exempt: 'none', tax_ids: [] },
    customer_email: session.email,
    expires_at: session.expiresAt,
    livemode: false,
    metadata: session.metadata,
    mode: 'payment',
    payment_intent: session.intent,
    payment_method_types: ['card'],
    payment_status: status === 'complete' ? 'paid' : 'unpaid',
    status,
    success_url: session.successUrl,
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: 'hosted_page',
    url: status === 'open' ? `${payOrigin}/pay/${id}` : null,
  };
}

export function intentObject(intent: IntentRecord) {
  return {
    id: intent.id,
    object: 'payment_intent',
    amount: intent.amount,
    amount_capturable: 0,
    amount_received: intent.received,
    capture_method: 'automatic_async',
    created: intent.created,
    currency: intent.currency,
    description: intent.description,
    latest_charge: intent.charge,
    livemode: false,
    metadata: intent.metadata,
    payment_method_types: ['card'],
    status: intent.status,
  };
}

export function refundObject(refund: RefundRecord) {
  return {
    id: refund.id,
    object: 'refund',
    amount: refund.amount,
    charge: refund.charge,
    created: refund.created,
    currency: refund.currency,
    metadata: refund.metadata,
    payment_intent: refund.intent,
    reason: refund.reason,
    status: 'succeeded',
  };
}

export function chargeObject(charge: ChargeRecord, intent: IntentRecord) {
  return {
    id: charge.id,
    object: 'charge',
    amount: charge.amount,
    amount_captured: charge.amount,
    amount_refunded: intent.refunded,
    created: charge.created,
    currency: charge.currency,
    livemode: false,
    metadata: intent.metadata,
    paid: charge.status === 'succeeded',
    payment_intent: intent.id,
    payment_method_details: { type: 'card', card: charge.card },
    refunded: intent.refunded === charge.amount,
    status: charge.status,
  };
}
