import { setTimeout as wait } from 'node:timers/promises';
import { invalidRequest, type Log, ProblemError, unavailable } from '@emall/runtime';
import Stripe from 'stripe';
import { invalidEvent, invalidSignature } from '../errors.ts';
import type { PaymentProvider, Session, Within } from './provider.ts';
import { isEvent } from './stripe-events.ts';
import { endOf, sessionOf, toEvent, toReturned, toSession } from './stripe-objects.ts';

export interface StripeSettings {
  secretKey: string;
  webhookSecret: string;
  /** Of a sandbox that speaks the same API; Stripe itself when absent. */
  apiUrl?: string;
  log: Log;
}

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
      if (isRefusal(cause) || isSpent(cause)) throw cause;
      throw unavailable({ detail: NO_ANSWER, cause: new Error(`${what}: ${summaryOf(cause)}`) });
    } finally {
      stop.abort();
    }
  };

  const retrieve = async (id: string, within: Within): Promise<Session | undefined> => {
    try {
      return toSession(await ask('retrieve session', within, (timeout) => sessions.retrieve(id, {}, { timeout })));
    } catch (error) {
      if (isRefusal(error) && error.code === 'resource_missing') return undefined;
      throw noAnswer(error);
    }
  };

  return {
    name: 'stripe',

    // Nobody can know that of a single call.
    isAway: () => false,

    async open(payment, { timeoutMs }) {
      const end = performance.now() + timeoutMs;
      for (const idempotencyKey of keysOf(payment.orderId)) {
        const left = Math.ceil(end - performance.now());
        if (left <= 0) break;
        try {
          return toSession(await ask('create session', { timeoutMs: left }, (timeout) => sessions.create(sessionOf(payment), { idempotencyKey, timeout })));
        } catch (error) {
          if (isSpent(error)) continue;
          if (!isRefusal(error)) throw error;
          log.error({ orderId: payment.orderId, reason: summaryOf(error) }, 'the payment provider refused to open a session');
          if (error.param === 'customer_email') throw emailRefused();
          throw noAnswer(error);
        }
      }
      throw noAnswer(new Error(`no key of order ${payment.orderId} opens a session`));
    },

    session: retrieve,

    async expire(id, within) {
      try {
        return toSession(await ask('expire session', within, (timeout) => sessions.expire(id, {}, { timeout })));
      } catch (error) {
        if (!isRefusal(error)) throw error;
        // Only open sessions can be expired: this one has ended, one way or the other.
        return await retrieve(id, within);
      }
    },

    endOf,

    async refunds(intentId, within) {
      const list = (timeout: number) => stripe.refunds.list({ payment_intent: intentId, limit: 100 }, { timeout }).autoPagingToArray({ limit: 10_000 });
      return (await ask('list refunds', within, list).catch((error: unknown) => Promise.reject(noAnswer(error)))).map(toReturned);
    },

    async refund({ refundId, attempt, intentId, amount, orderId }, within) {
      const params = { payment_intent: intentId, amount, metadata: { order: orderId, refund: refundId } };
      try {
        return toReturned(await ask('refund', within, (timeout) => stripe.refunds.create(params, { idempotencyKey: `${refundId}:${attempt}`, timeout })));
      } catch (error) {
        if (isSpent(error)) return 'spent';
        if (!isRefusal(error)) throw error;
        log.error({ orderId, refundId, reason: summaryOf(error) }, 'the payment provider refused to return money');
        return 'refused';
      }
    },

    async readEvent(body, signature, now) {
      const verify = (tolerance: number, receivedAt?: number) =>
        stripe.webhooks.constructEvent(body, signature ?? '', webhookSecret, tolerance, undefined, receivedAt);
      try {
        // A forgery must cost no database: its age is only looked at once the signature holds.
        verify(0);
        const event = verify(TOLERANCE_S, await now());
        if (!isEvent(event)) throw invalidEvent();
        return toEvent(event);
      } catch (cause) {
        if (cause instanceof Stripe.errors.StripeSignatureVerificationError) throw invalidSignature({ cause });
        if (cause instanceof SyntaxError) throw invalidEvent({ cause });
        throw cause;
      }
    },

    readStoredEvent(body) {
      return toEvent(JSON.parse(body.toString('utf8')) as Stripe.Event);
    },
  };
}

const MOST_KEYS = 5;

/**
 * Stripe keeps also a 500 under its key and repeats it: with one key the order could not be paid any more. The next key is
 * only used once the one before answers with a failure for ever. A session that was opened in spite of the failure is one
 * whose address nobody was ever told, so that everybody who repeats a checkout comes to the one that can be paid.
 */
function keysOf(orderId: string): string[] {
  return Array.from({ length: MOST_KEYS }, (_, i) => (i === 0 ? orderId : `${orderId}:${i + 1}`));
}

/** Understood, and not done. */
function isRefusal(error: unknown): error is InstanceType<typeof Stripe.errors.StripeInvalidRequestError> {
  return error instanceof Stripe.errors.StripeInvalidRequestError;
}

/** A failure that was kept under the key of the call. */
function isSpent(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeAPIError && (error.statusCode ?? 0) >= 500 && error.headers?.['idempotent-replayed'] === 'true';
}

const NO_ANSWER = 'The payment provider did not answer. Please try again.';

/** A refusal that says nothing of what we asked about, a wrong API key for example, is as good as no answer. */
function noAnswer(error: unknown): unknown {
  if (error instanceof ProblemError) return error;
  return unavailable({ detail: 'Paying by card is not possible at the moment.', cause: new Error(summaryOf(error)) });
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
