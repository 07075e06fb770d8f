import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { authorized } from '../authorized.ts';
import { keyReused, StripeError, told, toStripeError } from '../errors.ts';
import type { Form } from '../form.ts';
import { type Ledger, newId, nowSeconds } from '../ledger.ts';
import type { Provider } from '../provider.ts';
import { intentObject, refundObject, sessionObject } from './objects.ts';
import { readRefundListParams, readRefundParams, readSessionParams } from './params.ts';

export interface ApiOptions {
  ledger: Ledger;
  provider: Provider;
  secretKey: string;
  origin: string;
}

type WithId = { Params: { id: string } };

/** The part of Stripe's HTTP API that the shop uses. */
export async function apiRoutes(app: FastifyInstance, { ledger, provider, secretKey, origin }: ApiOptions): Promise<void> {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('request-id', newId('req', 14)).header('stripe-version', request.headers['stripe-version'] ?? 'unversioned');
  });
  app.addHook('onRequest', authorized(secretKey));
  app.setErrorHandler((error, request, reply) => {
    const answer = toStripeError(error);
    if (answer.statusCode >= 500) request.log.error({ err: error }, 'the sandbox failed');
    return reply.code(answer.statusCode).send(answer.document);
  });
  app.setNotFoundHandler(() => {
    throw new StripeError(404, 'invalid_request_error', 'Unrecognized request URL: the payment sandbox does not speak this part of the API.');
  });

  app.post('/checkout/sessions', (request, reply) =>
    once(ledger, request, reply, (form) => sessionObject(provider.openSession(readSessionParams(form)), origin)),
  );
  app.get<WithId>('/checkout/sessions/:id', async ({ params }) => sessionObject(provider.session(params.id), origin));
  app.post<WithId>('/checkout/sessions/:id/expire', (request, reply) =>
    once(ledger, request, reply, () => sessionObject(provider.expireSession(request.params.id), origin)),
  );
  app.get<WithId>('/payment_intents/:id', async ({ params }) => intentObject(provider.intent(params.id)));
  app.get('/refunds', async ({ query }) => {
    const { refunds, hasMore } = provider.refunds(readRefundListParams(query));
    return { object: 'list', url: '/v1/refunds', has_more: hasMore, data: refunds.map(refundObject) };
  });
  app.post('/refunds', (request, reply) => once(ledger, request, reply, (form) => refundObject(provider.refund(readRefundParams(form)))));
}

/**
 * Does the work of an idempotency key once and repeats its answer. The work is synchronous, so that no two calls
 * can be under way with one key. What was refused before it began is not kept, as with Stripe.
 */
async function once(ledger: Ledger, request: FastifyRequest, reply: { header(name: string, value: string): unknown; code(status: number): unknown }, work: (form: Form) => object) {
  const form = (request.body ?? {}) as Form;
  const id = request.headers['idempotency-key'];
  const fails = request.fault?.kind === 'stored-error';
  if (typeof id !== 'string') {
    if (fails) throw told(500);
    return work(form);
  }
  const fingerprint = createHash('sha256').update(`${request.url}\n${JSON.stringify(form)}`).digest('base64url');
  const known = ledger.get('key', id);
  if (known) {
    if (known.fingerprint !== fingerprint) throw keyReused(id);
    reply.header('idempotent-replayed', 'true');
    reply.header('original-request', known.id);
    reply.code(known.status);
    return known.body as object;
  }
  return ledger.together(() => {
    const status = fails ? 500 : 200;
    const body = fails ? told(500).document : work(form);
    ledger.put('key', { id, created: nowSeconds(), fingerprint, status, body });
    reply.code(status);
    return body;
  });
}
