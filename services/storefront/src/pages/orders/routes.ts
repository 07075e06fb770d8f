import { forward, notFound, ProblemError } from '@emall/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Deps, Pages } from '../../shared/deps.ts';
import { formOf } from '../../shared/forms.ts';
import { countItems, itemsIn } from '../../shared/item-count.ts';
import { ORDER_ID, orderPath } from '../../shared/order-id.ts';
import { expectData, hasIdentity, seeOther, sendPrivate, shopOf, unexpected } from '../../shared/reply.ts';
import { isBeingEmptied } from './count-again.tsx';
import { OrderListPage } from './list.tsx';
import { LookingPage } from './looking.tsx';
import { OrderPage } from './view.tsx';

/** Orders in the list, newest first; whoever needs older ones has their links. */
const MOST = 20;

/** What the address of an order's page says when it was to be cancelled and nobody could tell whether it was. */
const NOT_YET = 'not-yet';

/** Where an order was let go, other than on its own page. */
const BACK: Record<string, string | undefined> = Object.assign(Object.create(null), { cart: '/cart', checkout: '/checkout' });

export const orderPages: Pages = async (app, deps) => {
  const { order, departments } = deps;

  app.get('/orders', async (request, reply) => {
    const [tree, answer] = await Promise.all([
      departments.orNone(),
      order.GET('/api/orders', { params: { query: { limit: MOST } }, headers: forward(request) }),
      countItems(request, reply, deps),
    ]);
    const shop = shopOf(deps, tree);
    // Who never put anything into a cart has no identity yet, and no orders either.
    if (answer.response.status === 401) return sendPrivate(reply, OrderListPage({ shop, orders: [] }));
    return sendPrivate(reply, OrderListPage({ shop, orders: expectData(answer).items }));
  });

  app.get<{ Params: { id: string }; Querystring: { key?: string | string[]; cancel?: string } }>('/orders/:id', async (request, reply) => {
    keepToShop(reply);
    const { id } = request.params;
    const key = [request.query.key ?? []].flat()[0];
    if (!ORDER_ID.test(id)) throw notFound();
    const [tree, asked, cart] = await Promise.all([departments.orNone(), findOrder(request, deps, { id, key }).catch((error: unknown) => tellUnavailable(error, request)), countItems(request, reply, deps)]);
    const shop = shopOf(deps, tree);
    if (asked === undefined) return sendPrivate(reply.code(503).header('retry-after', '3'), LookingPage({ shop, path: orderPath(id, key) }));
    const { found, own } = asked;
    const had = own && cart !== undefined && isBeingEmptied(cart, found, new Date()) ? itemsIn(cart) : undefined;
    return sendPrivate(reply, OrderPage({ shop, order: found, key, own, had, notCancelled: request.query.cancel === NOT_YET }));
  });

  app.post<{ Params: { id: string } }>('/orders/:id/cancel', async (request, reply) => {
    keepToShop(reply);
    const { id } = request.params;
    if (!ORDER_ID.test(id)) throw notFound();
    const answer = await order.POST('/api/orders/{id}/cancel', { params: { path: { id } }, headers: forward(request) }).catch((error: unknown) => tellUnavailable(error, request));
    // The payment provider did not answer, perhaps: what came of it the order's page knows.
    if (answer === undefined || answer.response.status === 503) return seeOther(reply, `/orders/${id}?cancel=${NOT_YET}`);
    const { data, error, response } = answer;
    if (response.status === 401 || response.status === 404) throw notFound();
    // 409: it was paid or sent meanwhile, and its page says so.
    if (!data && response.status !== 409) throw unexpected(response.status, error);
    return seeOther(reply, (data && BACK[formOf(request.body)['back'] ?? '']) ?? `/orders/${id}`);
  });
};

/** The order as its owner sees it; to anybody else the key of the private link opens it, for reading only. */
async function findOrder(request: FastifyRequest, { order }: Deps, { id, key }: { id: string; key: string | undefined }) {
  const ask = (query: { key?: string }) => order.GET('/api/orders/{id}', { params: { path: { id }, query }, headers: forward(request) });
  const expectOrder = (answer: Awaited<ReturnType<typeof ask>>) => {
    if (answer.response.status === 401) throw notFound();
    return expectData(answer);
  };
  if (key === undefined) return { found: expectOrder(await ask({})), own: true };
  const asOwner = hasIdentity(request) ? await ask({}) : undefined;
  if (asOwner?.data) return { found: asOwner.data, own: true };
  return { found: expectOrder(await ask({ key })), own: false };
}

function tellUnavailable(error: unknown, request: FastifyRequest): undefined {
  if (!(error instanceof ProblemError) || error.status !== 503) throw error;
  request.log.warn({ err: error.details.cause ?? error }, 'the order service did not answer');
}

/** The address may hold the key to the order: no other site may learn it. With `no-referrer` a form here would be sent with `Origin: null`, as if from elsewhere. */
function keepToShop(reply: FastifyReply): void {
  reply.header('referrer-policy', 'same-origin');
}
