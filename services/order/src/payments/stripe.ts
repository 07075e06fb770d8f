import { setTimeout as wait } from 'node:timers/promises';
import { invalidRequest, type Log, unavailable } from '@emall/runtime';
import Stripe from 'stripe';
import { invalidSignature } from '../errors.ts';
import type { NewPayment, PaymentEvent, PaymentProvider, Session, Within } from './provider.ts';

export interface StripeSettings {
  secretKey: string;
  webhookSecret: string;
  /** Of a sandbox that speaks the same API; Stripe itself when absent. */
  apiUrl?: string;
  log: Log;
}

/** Stripe keeps a session open for at least 30 min; ours ends sooner, because we expire it. */
const STRIPE_SHORTEST_MS = 30 * 60_000;
const TOLERANCE_S = 300;

export function createStripe({ secretKey, webhookSecret, apiUrl, log }: StripeSettings): PaymentProvider {
  const stripe = new Stripe(secretKey, {
    ...(apiUrl !== undefined && address(apiUrl)),
    // The caller repeats with the same key: two layers of retries multiply.
    maxNetworkRetries: 0,
    telemetry: false,
  });
  const { sessions } = stripe.checkout;

  const ask = async <T>(what: string, { timeoutMs }: Within, call: (timeout: number) => Promise<T>): Promise<T> => {
    const stop = new AbortController();
    // The SDK's own timeout begins anew with every byte.
    const late = wait(timeoutMs, undefined, { signal: stop.signal, ref: false }).then(() => {
      throw new Error('no answer in time');
    });
    late.catch(() => undefined);
    try {
      return await Promise.race([call(timeoutMs), late]);
    } catch (cause) {
      if (cause instanceof Stripe.errors.StripeInvalidRequestError && cause.statusCode !== 429) throw cause;
      throw unavailable({ detail: 'The payment provider did not answer. Please try again.', cause: new Error(`${what}: ${summaryOf(cause)}`) });
    } finally {
      stop.abort();
    }
  };

  const retrieve = async (id: string, within: Within) => {
    try {
      return await ask('retrieve session', within, (timeout) => sessions.retrieve(id, {}, { timeout }));
    } catch (error) {
      // Opened with another account's key, for example: nothing is known of it, as if there had been no answer.
      throw error instanceof Stripe.errors.StripeInvalidRequestError ? unavailable({ cause: new Error(summaryOf(error)) }) : error;
    }
  };

  return {
    name: 'stripe',

    async open(payment, within) {
      const create = (timeout: number) => sessions.create(sessionOf(payment), { idempotencyKey: payment.orderId, timeout });
      try {
        return toSession(await ask('create session', within, create));
      } catch (error) {
        if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error;
        log.error({ orderId: payment.orderId, reason: summaryOf(error) }, 'the payment provider refused to open a session');
        if (error.param === 'customer_email') throw emailRefused();
        throw unavailable({ detail: 'Paying by card is not possible at the moment.', cause: new Error(summaryOf(error)) });
      }
    },

    async session(id, within) {
      return toSession(await retrieve(id, within));
    },

    async expire(id, within) {
      try {
        return toSession(await ask('expire session', within, (timeout) => sessions.expire(id, {}, { timeout })));
      } catch (error) {
        // Only open sessions can be expired: this one has ended, one way or the other.
        if (error instanceof Stripe.errors.StripeInvalidRequestError) return toSession(await retrieve(id, within));
        throw error;
      }
    },

    async refund({ intentId, amount, orderId, key }, within) {
      const params = { payment_intent: intentId, amount, metadata: { order: orderId } };
      try {
        await ask('refund', within, (timeout) => stripe.refunds.create(params, { idempotencyKey: key, timeout }));
      } catch (error) {
        // Somebody was faster, by hand in the provider's dashboard for example.
        if (!(error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'charge_already_refunded')) throw error;
      }
    },

    async readEvent(body, signature, now) {
      const verify = (tolerance: number, receivedAt?: number) =>
        stripe.webhooks.constructEvent(body, signature ?? '', webhookSecret, tolerance, undefined, receivedAt);
      try {
        // A forgery must cost no database: its age is only looked at once the signature holds.
        verify(0);
        return toEvent(verify(TOLERANCE_S, await now()));
      } catch (cause) {
        if (cause instanceof Stripe.errors.StripeSignatureVerificationError) throw invalidSignature({ cause });
        throw cause;
      }
    },

    readStoredEvent(body) {
      return toEvent(JSON.parse(body.toString('utf8')) as Stripe.Event);
    },
  };
}

/** What may be logged of an error: Stripe's own words can quote what the shopper typed. */
function summaryOf(error: unknown): string {
  if (!(error instanceof Stripe.errors.StripeError)) return error instanceof Error ? error.message : 'unknown';
  const { type, code, param, statusCode, requestId } = error;
  return [type, statusCode, code, param, requestId].filter((part) => part !== undefined).join(' ');
}

function emailRefused() {
  const reason = 'is not accepted by the payment provider';
  return invalidRequest({ detail: `email ${reason}.`, extra: { errors: [{ field: 'email', reason }] } });
}

function address(url: string) {
  const { protocol, hostname, port } = new URL(url);
  const scheme: 'http' | 'https' = protocol === 'http:' ? 'http' : 'https';
  return { protocol: scheme, host: hostname, port: port || (scheme === 'http' ? '80' : '443') };
}

/** Everything here is derived from the order, so that a repeat sends the same bytes and Stripe recognises it. */
function sessionOf(payment: NewPayment): Stripe.Checkout.SessionCreateParams {
  const { orderId, currency, placedAt, holdUntil } = payment;
  const hold = holdUntil.getTime() - placedAt.getTime();
  // Counted from when the order was placed; a repeat within the hold still leaves Stripe its 30 min.
  const expires = holdUntil.getTime() + Math.max(STRIPE_SHORTEST_MS, hold);
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
    expires_at: Math.ceil(expires / 1000),
  };
}

const MOST_LINES = 100;

/** Stripe shows no more than 100 lines; the sum stays what it is. */
function shortened(lines: NewPayment['lines']): NewPayment['lines'] {
  if (lines.length <= MOST_LINES) return lines;
  const rest = lines.slice(MOST_LINES - 1);
  const price = rest.reduce((sum, line) => sum + line.price * line.quantity, 0);
  return [...lines.slice(0, MOST_LINES - 1), { name: `${rest.length} further items`, price, quantity: 1 }];
}

function toSession(session: Stripe.Checkout.Session): Session {
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

function toEvent(event: Stripe.Event): PaymentEvent {
  const { id, type } = event;
  const session = type.startsWith('checkout.session.') ? toSession(event.data.object as Stripe.Checkout.Session) : undefined;
  return { id, type, session };
}
