import { notFound } from '@emall/runtime';
import type { Pages } from '../../shared/deps.ts';
import { formOf } from '../../shared/forms.ts';
import { passItemCount } from '../../shared/item-count.ts';
import { ORDER_ID } from '../../shared/order-id.ts';
import { expectData, forward, seeOther, sendPrivate, shopOf, unexpected } from '../../shared/reply.ts';
import { OrderListPage } from './list.tsx';
import { OrderPage } from './view.tsx';

/** Orders in the list, newest first; whoever needs older ones has their links. */
const MOST = 20;

export const orderPages: Pages = async (app, deps) => {
  const { cart, order, departments } = deps;

  app.get('/orders', async (request, reply) => {
    const [tree, answer] = await Promise.all([departments.orNone(), order.GET('/api/orders', { params: { query: { limit: MOST } }, headers: forward(request) })]);
    const shop = shopOf(deps, tree);
    // Who never put anything into a cart has no identity yet, and no orders either.
    if (answer.response.status === 401) return sendPrivate(reply, OrderListPage({ shop, orders: [] }));
    return sendPrivate(reply, OrderListPage({ shop, orders: expectData(answer).items }));
  });

  app.get<{ Params: { id: string }; Querystring: { key?: string | string[] } }>('/orders/:id', async (request, reply) => {
    // The address is the key to the order: no other site may learn it.
    reply.header('referrer-policy', 'no-referrer');
    const { id } = request.params;
    const key = [request.query.key ?? []].flat()[0];
    if (!ORDER_ID.test(id)) throw notFound();
    const headers = forward(request);
    const [tree, answer, counted] = await Promise.all([
      departments.orNone(),
      order.GET('/api/orders/{id}', { params: { path: { id }, query: key === undefined ? {} : { key } }, headers }),
      // An order empties the cart, and the badge should know; without an answer it learns it on the next page.
      cart.GET('/api/cart', { headers }).catch(() => undefined),
    ]);
    if (counted?.data) passItemCount(reply, counted.response);
    if (answer.response.status === 401 || answer.response.status === 400) throw notFound();
    const data = expectData(answer);
    return sendPrivate(reply, OrderPage({ shop: shopOf(deps, tree), order: data, key }));
  });

  app.post<{ Params: { id: string } }>('/orders/:id/cancel', async (request, reply) => {
    reply.header('referrer-policy', 'no-referrer');
    const { id } = request.params;
    if (!ORDER_ID.test(id)) throw notFound();
    const { data, error, response } = await order.POST('/api/orders/{id}/cancel', { params: { path: { id } }, headers: forward(request) });
    if (response.status === 401 || response.status === 404) throw notFound();
    // 409: it was paid or sent meanwhile, and its page says so.
    if (!data && response.status !== 409) throw unexpected(response.status, error);
    return seeOther(reply, data && formOf(request.body)['back'] === 'cart' ? '/cart' : `/orders/${id}`);
  });
};
