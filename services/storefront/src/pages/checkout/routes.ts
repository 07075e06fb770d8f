import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { forward, ProblemError } from '@emall/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Pages } from '../../shared/deps.ts';
import { formOf } from '../../shared/forms.ts';
import { tellItemCount } from '../../shared/item-count.ts';
import { leadTo, seeOther, sendPrivate, shopOf, unexpected, wantsFragment } from '../../shared/reply.ts';
import { findWaiting } from '../orders/waiting.ts';
import { type CheckoutForm, errorsFromOrder, NOTHING_TYPED, orderOf, readCheckout } from './form.ts';
import { askQuotes, markOf, NeedsCart } from './quotes.ts';
import { isOrdered, noticeOf, pathOf, type Refusal } from './refusal.ts';
import { CheckoutPage, NotOrderedPage } from './view.tsx';
import { WaitPage } from './wait.tsx';

export const checkoutPages: Pages = async (app, deps) => {
  app.get('/checkout', async (request, reply) => {
    const form: CheckoutForm = { values: NOTHING_TYPED, shownTotal: undefined, key: randomUUID(), shownCart: undefined, errors: [] };
    const { quotes, waiting } = await look(request, form);
    if (quotes instanceof NeedsCart) return seeOther(reply, '/cart');
    tellItemCount(reply, quotes.standard);
    return sendPrivate(reply, CheckoutPage({ shop: shopOf(deps, []), form, quotes, waiting, now: new Date() }));
  });

  app.post('/checkout', async (request, reply) => {
    // htmx puts the answer in the place of the form, so that no history entry asks to send it again. Only what says this is put there.
    if (wantsFragment(request)) reply.header('hx-retarget', '#checkout');
    const form = readCheckout(formOf(request.body), randomUUID);
    if (form.errors.length > 0) return showAgain(request, reply.code(422), form);
    try {
      return await place(request, reply, form);
    } catch (error) {
      // What came of it is not known. The key makes a second press the same order, so the shopper may simply press again.
      if (error instanceof ProblemError && error.status === 503) return wait(reply, form);
      throw error;
    }
  });

  async function place(request: FastifyRequest, reply: FastifyReply, form: CheckoutForm) {
    const answer = await order(request, form);
    if (answer.data) return leadTo(request, reply, answer.data.payment.url ?? pathOf(answer.data.link));
    const { status } = answer.response;
    const refusal = (answer.error ?? {}) as Refusal;
    if (refusal.code === 'request-in-progress') return wait(reply, form);
    if (status === 400) {
      const errors = errorsFromOrder(refusal.errors);
      return showAgain(request, reply.code(422), { ...form, errors }, errors.length > 0 ? undefined : NOT_UNDERSTOOD);
    }
    if (isOrdered(refusal)) return sendPrivate(reply.code(409), NotOrderedPage({ shop: shopOf(deps, []), notice: noticeOf(refusal, {}) }));
    // Final for its key: the shopper looks at what changed and presses a button that carries a new one.
    if (status === 401 || status === 409 || status === 422) return showAgain(request, reply.code(409), { ...form, key: randomUUID() }, refusal);
    throw unexpected(status, answer.error);
  }

  /** This form may meet its first call still under way, another window's order, or the claim of one that died: it asks again until the answer is there. */
  async function order(request: FastifyRequest, form: CheckoutForm) {
    for (let asked = 1; ; asked += 1) {
      const answer = await deps.order.POST('/api/orders', {
        params: { header: { 'idempotency-key': form.key } },
        body: orderOf(form.values, { amount: form.shownTotal ?? 0, currency: deps.currency }),
        headers: forward(request),
      });
      if (answer.error?.code !== 'request-in-progress' || asked === MOST_ASKS) return answer;
      const pauseMs = Number(answer.response.headers.get('retry-after') ?? 1) * 1000;
      if (!(request.deadline.remaining() - pauseMs >= WORTH_ASKING_MS)) return answer;
      await sleep(pauseMs);
    }
  }

  /** The form with what was typed, and why it is back; only that, when there is nothing left to order. */
  async function showAgain(request: FastifyRequest, reply: FastifyReply, form: CheckoutForm, refusal?: Refusal) {
    const { quotes, waiting } = await look(request, form);
    const shop = shopOf(deps, []);
    if (quotes instanceof NeedsCart) {
      return sendPrivate(reply.code(409), NotOrderedPage({ shop, notice: noticeOf(refusal ?? {}, { cart: quotes.why }) }));
    }
    const changed = form.shownCart !== undefined && form.shownCart !== markOf(quotes.standard);
    const notice = refusal === undefined ? undefined : noticeOf(refusal, { changed });
    return sendPrivate(reply, CheckoutPage({ shop, form, quotes, notice, waiting, now: new Date() }));
  }

  async function look(request: FastifyRequest, form: CheckoutForm) {
    const asked = askQuotes(deps.order, form.values, request).catch((error: unknown) => {
      if (error instanceof NeedsCart) return error;
      throw error;
    });
    const [quotes, waiting] = await Promise.all([asked, findWaiting(request, deps)]);
    return { quotes, waiting };
  }

  function wait(reply: FastifyReply, form: CheckoutForm) {
    reply.code(503).header('retry-after', '3');
    return sendPrivate(reply, WaitPage({ shop: shopOf(deps, []), form }));
  }
};

/** A claim whose holder died lapses within 2 s: with pauses of 1 s the fourth comes after it, and within nginx's 5.5 s. */
const MOST_ASKS = 4;
/** Of the time that remains: enough for an order to be placed. */
const WORTH_ASKING_MS = 2000;

const NOT_UNDERSTOOD: Refusal = { detail: 'The shop could not read the form as it was sent. Nothing was ordered: look through it and press the button again.' };
