import { type App, invalidRequest, problemResponses, requireCaller } from '@emall/runtime';
import type { Checkout } from '../database.ts';
import type { Line } from './line.ts';
import { reserve } from './reserve.ts';
import { holdResponse, orderParams, releaseQuery, reserveBody, settledResponse } from './schema.ts';
import { commit, release } from './settle.ts';
import type { Turnstile } from './turnstile.ts';

/** Reservations of stock, for the order service alone. The limits on statements are for the way without a shortage. */
export async function stockRoutes(app: App, { checkoutDb, turnstile }: { checkoutDb: Checkout; turnstile: Turnstile }): Promise<void> {
  const preHandler = requireCaller('order');

  app.put(
    '/internal/reservations/:orderId',
    {
      preHandler,
      config: { statements: 1 },
      schema: {
        operationId: 'reserve',
        tags: ['internal'],
        description: 'Holds all lines or none. Idempotent: the same lines for the same order are held once, for as long as the later call asks.',
        params: orderParams,
        body: reserveBody,
        response: { 200: holdResponse, ...problemResponses(400, 401, 403, 409, 503) },
      },
    },
    async ({ params: { orderId }, body: { lines, holdSeconds, attempt }, deadline }) => {
      refuseRepeats(lines);
      const wish = { orderId, lines, holdSeconds, ...(attempt !== undefined && { attempt }) };
      const { expiresAt, state } = await reserve(checkoutDb, wish, turnstile, deadline.remaining());
      return { orderId, expiresAt: expiresAt.toISOString(), state };
    },
  );

  app.post(
    '/internal/reservations/:orderId/commit',
    {
      preHandler,
      config: { statements: 1 },
      schema: {
        operationId: 'commitReservation',
        tags: ['internal'],
        description: 'The units leave the shelf for good. Idempotent. A lapsed hold is taken up again while the units are there, one that was released is not.',
        params: orderParams,
        response: { 200: settledResponse, ...problemResponses(400, 401, 403, 404, 409, 503) },
      },
    },
    async ({ params: { orderId } }) => ({ orderId, state: await commit(checkoutDb, orderId) }),
  );

  app.post(
    '/internal/reservations/:orderId/release',
    {
      preHandler,
      config: { statements: 1 },
      schema: {
        operationId: 'releaseReservation',
        tags: ['internal'],
        description: 'The units go back on the shelf, committed ones too, for good; with an attempt until a later one reserves again. Idempotent, also for an order that never held anything.',
        params: orderParams,
        querystring: releaseQuery,
        response: { 200: settledResponse, ...problemResponses(400, 401, 403, 503) },
      },
    },
    async ({ params: { orderId }, query: { attempt } }) => ({ orderId, state: await release(checkoutDb, orderId, attempt) }),
  );
}

function refuseRepeats(lines: readonly Line[]): void {
  const seen = new Set<string>();
  for (const [i, { sku }] of lines.entries()) {
    if (seen.has(sku)) {
      throw invalidRequest({ detail: `${sku} stands in two lines.`, extra: { errors: [{ field: `lines.${i}.sku`, reason: 'stands in another line too' }] } });
    }
    seen.add(sku);
  }
}
