import { forward } from '@emall/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Pages } from '../../shared/deps.ts';
import { formOf, readLine } from '../../shared/forms.ts';
import { countItems, itemsIn, passItemCount } from '../../shared/item-count.ts';
import { expectData, seeOther, sendPrivate, shopOf, unexpected, wantsFragment } from '../../shared/reply.ts';
import { CountAgain } from '../orders/count-again.tsx';
import { findNewest, findOwn, findWaiting, payable } from '../orders/waiting.ts';
import { AddedNotice } from './added.tsx';
import { CartContent } from './content.tsx';
import { isShort } from './problems.ts';
import { refusalOf } from './refusal.ts';
import { TurnedBack } from './turned-back.tsx';
import { CartPage, RefusedNotice, RefusedPage } from './view.tsx';

export const cartPages: Pages = async (app, deps) => {
  const { cart, departments } = deps;

  app.get('/cart', async (request, reply) => {
    const [tree, answer, orders] = await Promise.all([
      departments.orNone(),
      cart.GET('/api/cart', { headers: forward(request) }),
      findNewest(request, deps),
    ]);
    passItemCount(reply, answer.response);
    return sendPrivate(reply, CartPage({ shop: shopOf(deps, tree), cart: expectData(answer), ...orders }));
  });

  // Where the payment provider sends a shopper who turned back: the cart is still full, since it is emptied by a paid order only.
  app.get<{ Querystring: { order?: string | string[] } }>('/checkout/cancelled', async (request, reply) => {
    const named = [request.query.order ?? []].flat()[0];
    const [tree, answer, order] = await Promise.all([
      departments.orNone(),
      cart.GET('/api/cart', { headers: forward(request) }),
      named === undefined ? findWaiting(request, deps) : findOwn(request, deps, named),
    ]);
    passItemCount(reply, answer.response);
    // Turned back in one window, paid in another.
    if (order && order.state !== 'awaiting_payment' && order.state !== 'cancelled') return seeOther(reply, `/orders/${order.id}`);
    const data = expectData(answer);
    return sendPrivate(reply, CartPage({ shop: shopOf(deps, tree), cart: data, waiting: payable(order), notice: TurnedBack({ cart: data, order }) }));
  });

  // For the badge, while what was ordered is being taken out of the cart.
  app.get<{ Querystring: { had?: string; looks?: string } }>('/cart/count', async (request, reply) => {
    const [had, looks] = [Number(request.query.had), Number(request.query.looks)];
    const counted = await countItems(request, reply, deps);
    const changed = counted !== undefined && itemsIn(counted) !== had;
    return sendPrivate(reply, changed ? '' : CountAgain({ had, looks }));
  });

  app.post('/cart/lines', async (request, reply) => {
    const line = readLine(formOf(request.body), { least: 1 });
    if ('errors' in line) return refuse(request, reply, line.errors.map(({ reason }) => reason).join(' '), 422);
    const answer = await cart.POST('/api/cart/lines', {
      // nginx sends the form to another replica when this one does not answer: the request id, the same for both, makes it one add.
      params: { header: { 'idempotency-key': request.id } },
      body: line,
      headers: forward(request),
    });
    passItemCount(reply, answer.response);
    if (!answer.data) return refuse(request, reply, refusalOf(answer.error), statusOf(answer));
    if (!wantsFragment(request)) return seeOther(reply, '/cart');
    return sendPrivate(reply, AddedNotice({ assets: deps.assets, cart: answer.data, sku: line.sku }));
  });

  app.post<{ Params: { sku: string } }>('/cart/lines/:sku', async (request, reply) => {
    const line = readLine(formOf(request.body), { sku: request.params.sku, least: 0 });
    if ('errors' in line) return refuse(request, reply, line.errors.map(({ reason }) => reason).join(' '), 422);
    const answer = await cart.PUT('/api/cart/lines/{sku}', {
      params: { path: { sku: line.sku } },
      body: { quantity: line.quantity },
      headers: forward(request),
    });
    passItemCount(reply, answer.response);
    if (!answer.data) return refuse(request, reply, refusalOf(answer.error), statusOf(answer));
    if (!wantsFragment(request)) return seeOther(reply, '/cart');
    // Asked for only where it explains something.
    const waiting = isShort(answer.data) ? await findWaiting(request, deps) : undefined;
    return sendPrivate(reply, CartContent({ shop: shopOf(deps, []), cart: answer.data, waiting }));
  });

  async function refuse(request: FastifyRequest, reply: FastifyReply, reason: string, status: number) {
    reply.code(status);
    if (wantsFragment(request)) {
      // Whatever the form would have renewed stays as it is; only the notice appears.
      reply.headers({ 'hx-retarget': '#notices', 'hx-reswap': 'innerHTML' });
      return sendPrivate(reply, RefusedNotice({ reason }));
    }
    return sendPrivate(reply, RefusedPage({ shop: shopOf(deps, await departments.orNone()), reason }));
  }
};

/** The service's refusal is the page's; anything but a refusal would be our fault. */
function statusOf({ response, error }: { response: { status: number }; error?: unknown }): number {
  const { status } = response;
  if (status >= 400 && status < 500 && status !== 401) return status;
  throw unexpected(status, error);
}
