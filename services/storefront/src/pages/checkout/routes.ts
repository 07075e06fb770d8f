import { randomUUID } from 'node:crypto';
import { forward, ProblemError } from '@emall/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SHIPPING_METHODS } from '../../shared/delivery.ts';
import type { Pages } from '../../shared/deps.ts';
import { formOf } from '../../shared/forms.ts';
import { seeOther, sendPrivate, shopOf, unexpected } from '../../shared/reply.ts';
import { findWaiting } from '../orders/waiting.ts';
import { type CheckoutForm, errorsFromOrder, NOTHING_TYPED, orderOf, readCheckout } from './form.ts';
import { askQuotes, NeedsCart, type Quotes } from './quotes.ts';
import { CheckoutPage, type Notice } from './view.tsx';
import { WaitPage } from './wait.tsx';

export const checkoutPages: Pages = async (app, deps) => {
  app.get('/checkout', async (request, reply) => {
    const form: CheckoutForm = { values: NOTHING_TYPED, shownTotal: undefined, key: randomUUID(), errors: [] };
    return show(request, reply, form);
  });

  app.post('/checkout', async (request, reply) => {
    const form = readCheckout(formOf(request.body), randomUUID);
    if (form.errors.length > 0) return show(request, reply.code(422), form);
    try {
      return await place(request, reply, form);
    } catch (error) {
      // What came of it is not known. The key makes a second press the same order, so the shopper may simply press again.
      if (error instanceof ProblemError && error.status === 503) return wait(reply, form);
      throw error;
    }
  });

  async function place(request: FastifyRequest, reply: FastifyReply, form: CheckoutForm) {
    const currency = deps.currency;
    const answer = await deps.order.POST('/api/orders', {
      params: { header: { 'idempotency-key': form.key } },
      body: orderOf(form.values, { amount: form.shownTotal ?? 0, currency }),
      headers: forward(request),
    });
    if (answer.data) return seeOther(reply, answer.data.payment.url ?? pathOf(answer.data.link));
    const { status } = answer.response;
    const problem = (answer.error ?? {}) as { code?: string; detail?: string; errors?: { field: string; reason: string }[] };
    if (problem.code === 'request-in-progress') return wait(reply, form);
    if (problem.code === 'cart-empty' || status === 401) return seeOther(reply, '/cart');
    if (status === 400) return show(request, reply.code(422), { ...form, errors: errorsFromOrder(problem) }, NOT_UNDERSTOOD);
    // Final for its key: the shopper looks at what changed and presses a button that carries a new one.
    if (status === 409 || status === 422) return show(request, reply.code(409), { ...form, key: randomUUID() }, noticeOf(problem));
    throw unexpected(status, answer.error);
  }

  async function show(request: FastifyRequest, reply: FastifyReply, form: CheckoutForm, notice?: Notice) {
    const [quotes, waiting] = await Promise.all([
      askQuotes(deps.order, form.values, request).catch((error: unknown) => {
        if (error instanceof NeedsCart) return undefined;
        throw error;
      }),
      findWaiting(request, deps),
    ]);
    if (!quotes) return seeOther(reply, '/cart');
    return sendPrivate(reply, CheckoutPage({ shop: shopOf(deps, []), form, quotes: quotes as Quotes, notice, waiting, now: new Date() }));
  }

  function wait(reply: FastifyReply, form: CheckoutForm) {
    reply.code(503).header('retry-after', '3');
    return sendPrivate(reply, WaitPage({ shop: shopOf(deps, []), form, methods: SHIPPING_METHODS }));
  }
};

const NOT_UNDERSTOOD: Notice = { title: 'Something in the form is not as it should be', text: 'Nothing was ordered. Look through the fields and press the button again.' };

function noticeOf({ code, detail }: { code?: string; detail?: string }): Notice {
  if (code === 'total-changed') {
    return { title: 'The total has changed', text: 'A price or the delivery changed while you were typing. Nothing was ordered: look at the new total, and press the button if it suits you.' };
  }
  if (code === 'out-of-stock') {
    return { title: 'Something sold out just now', text: 'Nothing was ordered and nothing was charged.', href: '/cart', link: 'See what is left in your cart' };
  }
  if (code === 'cart-changed') {
    return { title: 'Your cart changed', text: 'It was changed in another window. Nothing was ordered: look at the summary, and press the button if it suits you.' };
  }
  return { title: 'That could not be ordered', text: detail ?? 'Nothing was ordered. Look at the summary and try again.' };
}

/** The private link leads to this shop; only its path is followed, so that a shopper stays on the address they came by. */
function pathOf(link: string): string {
  const { pathname, search } = new URL(link);
  return `${pathname}${search}`;
}
