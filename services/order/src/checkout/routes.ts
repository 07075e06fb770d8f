import { type App, problemResponses } from '@emall/runtime';
import { priceLines, readCart, signing } from './basket.ts';
import { checkDelivery } from './delivery.ts';
import { ANSWER_MS, createPatience } from './patience.ts';
import { type CheckoutDeps, placeOrder } from './place-order.ts';
import { quoteOf } from './quote.ts';
import { idempotencyHeaders, orderRequestSchema, placedSchema, quoteRequestSchema, quoteSchema } from './schema.ts';

export async function checkoutRoutes(app: App, { answerMs = ANSWER_MS, ...deps }: CheckoutDeps & { answerMs?: number }): Promise<void> {
  const tags = ['checkout'];
  const patiently = createPatience(app, answerMs);

  app.post(
    '/api/orders/quote',
    {
      schema: {
        operationId: 'quoteOrder',
        tags,
        summary: "What the shopper's cart costs now, delivered to this address",
        body: quoteRequestSchema,
        response: { 200: quoteSchema, ...problemResponses(400, 401, 409, 503) },
      },
    },
    async (request, reply) => {
      const { address, shippingMethod } = request.body;
      checkDelivery(address);
      const headers = signing(deps, request, answerMs);
      const basket = await readCart(deps, headers());
      const lines = await priceLines(deps, headers(), basket.lines);
      reply.header('cache-control', 'no-store');
      return quoteOf(lines, shippingMethod, deps.currency);
    },
  );

  app.post(
    '/api/orders',
    {
      schema: {
        operationId: 'placeOrder',
        tags,
        summary: "Orders the shopper's cart; repeated with the same key it answers the same and does nothing more",
        headers: idempotencyHeaders,
        body: orderRequestSchema,
        response: { 201: placedSchema, ...problemResponses(400, 401, 409, 422, 503) },
      },
    },
    async (request, reply) => {
      const { email, address } = request.body;
      checkDelivery({ email, ...address });
      const { status, contentType, body } = await patiently(() => placeOrder(deps, request, request.headers['idempotency-key'], request.body));
      // Already as it goes over the wire: what is stored is what every repeat gets.
      return reply.code(status as 201).headers({ 'content-type': contentType, 'cache-control': 'no-store' }).send(body as never);
    },
  );
}
