import { type App, IDENTITY_HEADER, problemResponses, requireCaller } from '@emall/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { type Catalog, fetchVariants } from '../catalog.ts';
import { clearOrdered, type Database, emptyCart, NO_VERSION, readCart, readContents, touchCart } from './queries.ts';
import { type Cart, cartResponse, clearSchema, contentsSchema } from './schema.ts';
import { itemCount, showCart } from './show.ts';

export interface CartDeps {
  db: Database;
  catalog: Catalog;
  currency: string;
}

export const CART_ITEMS_HEADER = 'emall-cart-items';

/** A cart is one shopper's: no cache may keep it. */
export function sendCart(reply: FastifyReply, cart: Cart) {
  return reply.headers({ [CART_ITEMS_HEADER]: itemCount(cart.lines), 'cache-control': 'no-store' }).code(200).send(cart);
}

export async function cartRoutes(app: App, { db, catalog, currency }: CartDeps): Promise<void> {
  app.get(
    '/api/cart',
    { schema: { operationId: 'getCart', tags: ['cart'], response: { 200: cartResponse, ...problemResponses(401, 503) } } },
    async (request, reply) => {
      if (isNobody(request)) return sendCart(reply, showCart({ version: NO_VERSION, lines: [] }, new Map(), currency));
      const { shopper } = request;
      const cart = await readCart(db, shopper);
      // Where nothing can be written, a cart can still be read.
      if (!cart.touchedToday) await touchCart(db, shopper).catch((error: unknown) => request.log.warn({ err: error }, 'a cart was not touched'));
      const variants = await fetchVariants(catalog, request, cart.lines.map(({ sku }) => sku));
      return sendCart(reply, showCart(cart, variants, currency));
    },
  );

  app.delete(
    '/api/cart',
    { schema: { operationId: 'emptyCart', tags: ['cart'], response: { 200: cartResponse, ...problemResponses(401, 503) } } },
    async (request, reply) => {
      const version = isNobody(request) ? NO_VERSION : await emptyCart(db, request.shopper);
      return sendCart(reply, showCart({ version, lines: [] }, new Map(), currency));
    },
  );

  const preHandler = requireCaller('order');
  app.get(
    '/internal/carts/contents',
    {
      preHandler,
      config: { statements: 1 },
      schema: {
        operationId: 'readContents',
        tags: ['internal'],
        description: 'What is in the cart of the shopper named by the identity. Order asks catalog for names and prices itself.',
        response: { 200: contentsSchema, ...problemResponses(401, 403, 503) },
      },
    },
    (request) => readContents(db, request.shopper),
  );

  app.post(
    '/internal/carts/clear',
    {
      preHandler,
      schema: {
        operationId: 'clearOrdered',
        tags: ['internal'],
        description: 'Takes the lines of an order out of the cart of the shopper named by the identity, once for each order.',
        body: clearSchema,
        response: { 204: Type.Null(), ...problemResponses(400, 401, 403, 503) },
      },
    },
    async (request, reply) => {
      const { orderId, lines } = request.body;
      await clearOrdered(db, request.shopper, orderId, lines);
      return reply.code(204).send(null);
    },
  );
}

/** Without an identity there is no guest yet; with one that does not hold, an empty cart would be a lie. */
function isNobody(request: FastifyRequest): boolean {
  return request.headers[IDENTITY_HEADER] === undefined;
}
