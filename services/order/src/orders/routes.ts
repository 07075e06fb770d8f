import { type App, notFound, problemResponses } from '@emall/runtime';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Database } from '../database.ts';
import { askProvider } from '../payments/ask-provider.ts';
import type { PaymentProvider } from '../payments/provider.ts';
import type { Log } from '@emall/runtime';
import { cancelOrder } from './cancel.ts';
import { opens } from './identifiers.ts';
import { findOrder, listOrders, type Order } from './queries.ts';
import { listQuery, orderIdParams, orderListSchema, orderSchema, PAGE } from './schema.ts';
import { toList, toView } from './view.ts';

export interface OrderDeps {
  db: Database;
  provider: PaymentProvider;
  log: Log;
}

export async function orderRoutes(app: App, deps: OrderDeps): Promise<void> {
  const { db } = deps;
  const tags = ['orders'];

  app.get(
    '/api/orders',
    { schema: { operationId: 'listOrders', tags, summary: "The shopper's own orders, newest first", querystring: listQuery, response: { 200: orderListSchema, ...problemResponses(400, 401, 503) } } },
    async (request, reply) => {
      const { cursor: after, limit = PAGE } = request.query;
      noStore(reply);
      return toList(await listOrders(db, request.shopper, { after, limit: limit + 1 }), limit);
    },
  );

  app.get(
    '/api/orders/:id',
    {
      schema: {
        operationId: 'getOrder',
        tags,
        summary: 'An order, for its shopper or for whoever has its private link',
        params: orderIdParams,
        querystring: Type.Object({ key: Type.Optional(Type.String({ maxLength: 100 })) }),
        response: { 200: orderSchema, ...problemResponses(400, 404, 503) },
      },
    },
    async (request, reply) => {
      noStore(reply);
      const order = mayRead(await findOrder(db, request.params.id), request, request.query.key);
      const changed = await askProvider(deps, order);
      return toView(changed ? ((await findOrder(db, order.id)) ?? order) : order);
    },
  );

  app.post(
    '/api/orders/:id/cancel',
    { schema: { operationId: 'cancelOrder', tags, summary: 'Cancels an order that is neither paid nor sent', params: orderIdParams, response: { 200: orderSchema, ...problemResponses(400, 401, 404, 409, 503) } } },
    async (request, reply) => {
      noStore(reply);
      const { shopper } = request;
      const order = await findOrder(db, request.params.id);
      if (order?.shopper !== shopper) throw notFound();
      return toView(await cancelOrder(deps, order));
    },
  );
}

/** Somebody else's order is answered like one that does not exist. */
function mayRead(order: Order | undefined, request: FastifyRequest, key: string | undefined): Order {
  const owner = order !== undefined && request.identity?.shopper === order.shopper;
  if (order && (owner || (key !== undefined && opens(key, order.link_hash)))) return order;
  throw notFound();
}

function noStore(reply: { header(name: string, value: string): unknown }): void {
  reply.header('cache-control', 'no-store');
}
