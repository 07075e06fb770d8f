import { type App, inTransaction, type Log, ProblemError, problemResponses } from '@emall/runtime';
import { Type } from 'typebox';
import type { Database } from '../database.ts';
import { unknownOrder } from '../errors.ts';
import { addJobs, job } from '../jobs/add-jobs.ts';
import { orderOfIntent } from '../refunds/queries.ts';
import type { PaymentEvent, PaymentProvider } from './provider.ts';
import { databaseClock, storeEvent } from './queries.ts';

export interface WebhookDeps {
  db: Database;
  provider: PaymentProvider;
  log: Log;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Its signature is its identity: the route takes no other. */
export async function webhookRoutes(app: App, { db, provider, log }: WebhookDeps): Promise<void> {
  // The signature is over the bytes as they were sent.
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  app.post(
    '/api/payments/webhook',
    {
      schema: {
        operationId: 'receivePaymentEvent',
        tags: ['payments'],
        summary: 'For the payment provider: a signed event, kept before it is acknowledged',
        response: { 200: Type.Object({ received: Type.Boolean() }), ...problemResponses(400, 413, 415, 503) },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      // A request without a body never reaches the parser.
      const body = (request.body ?? Buffer.alloc(0)) as Buffer;
      const signature = [request.headers['stripe-signature']].flat()[0];
      try {
        const event = await provider.readEvent(body, signature, () => databaseClock(db));
        const orderId = event.session?.orderId ?? (event.returned && (await ownerOf(db, event.returned)));
        // Events about other things, and money that some other system takes and returns on the same account.
        if (orderId === undefined) return { received: true };
        await inTransaction(db, async (trx) => {
          const stored = UUID.test(orderId) ? await storeEvent(trx, event, orderId, body) : 'unknown-order';
          if (stored === 'unknown-order') throw unknownOrder();
          if (stored === 'new') await addJobs(trx, [job('apply-payment-event', { eventId: event.id })]);
        });
        return { received: true };
      } catch (error) {
        if (error instanceof ProblemError && error.status === 400) log.warn({ code: error.code, bytes: body.length }, 'refused a payment event');
        throw error;
      }
    },
  );
}

/**
 * A refund made by hand knows of no order: its payment does. When that is not known to us yet, the event about the charge,
 * which comes with every refund, still names the order.
 */
async function ownerOf(db: Database, { intentId, orderId }: NonNullable<PaymentEvent['returned']>): Promise<string | undefined> {
  return (await orderOfIntent(db, intentId)) ?? orderId;
}
