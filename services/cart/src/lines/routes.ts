import { type App, problemResponses } from '@emall/runtime';
import { type CartDeps, sendCart } from '../carts/routes.ts';
import { cartResponse } from '../carts/schema.ts';
import { add, set } from './change.ts';
import { addHeaders, addSchema, lineParams, setSchema } from './schema.ts';

export async function lineRoutes(app: App, deps: CartDeps): Promise<void> {
  app.post(
    '/api/cart/lines',
    {
      schema: {
        operationId: 'addToCart',
        tags: ['cart'],
        headers: addHeaders,
        body: addSchema,
        response: { 200: cartResponse, ...problemResponses(400, 401, 404, 409, 422, 503) },
      },
    },
    async (request, reply) => sendCart(reply, await add(deps, request, request.body, request.headers['idempotency-key'])),
  );

  app.put(
    '/api/cart/lines/:sku',
    {
      schema: {
        operationId: 'setCartLine',
        tags: ['cart'],
        params: lineParams,
        body: setSchema,
        response: { 200: cartResponse, ...problemResponses(400, 401, 404, 409, 503) },
      },
    },
    async (request, reply) => sendCart(reply, await set(deps, request, { ...request.params, ...request.body })),
  );
}
