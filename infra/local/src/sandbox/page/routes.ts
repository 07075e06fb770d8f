import type { FastifyInstance, FastifyReply } from 'fastify';
import { declined } from '../cards.ts';
import { StripeError } from '../errors.ts';
import type { Form } from '../form.ts';
import type { Provider } from '../provider.ts';
import type { SessionRecord } from '../records.ts';
import { readCard } from './card-form.ts';
import type { Html } from './html.ts';
import { endedPage, payPage, problemPage } from './pages.ts';
import { styles } from './styles.ts';

type WithId = { Params: { id: string } };

/** The page on which the shopper pays. It works without JavaScript, and has none. */
export async function pageRoutes(app: FastifyInstance, { provider }: { provider: Provider }): Promise<void> {
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof StripeError && error.statusCode === 404) return show(reply.code(404), problemPage('This payment does not exist', 'Go back to the shop and try again.'));
    if (error instanceof StripeError) return show(reply.code(error.statusCode), problemPage('Something went wrong', 'Nothing was taken. Go back and try again.'));
    if (((error as { statusCode?: number }).statusCode ?? 500) < 500) return show(reply.code(400), problemPage('That could not be read', 'Go back and try again.'));
    request.log.error({ err: error }, 'the payment page failed');
    return show(reply.code(500), problemPage('Something went wrong', 'Nothing was taken. Go back and try again.'));
  });

  app.get('/pay/styles.css', async (_request, reply) => reply.type('text/css; charset=utf-8').header('cache-control', 'max-age=60').send(styles));

  app.get<WithId>('/pay/:id', async ({ params }, reply) => {
    const session = provider.session(params.id);
    if (session.status === 'complete') return await reply.redirect(successUrl(session), 303);
    return show(reply, session.status === 'open' ? payPage(session, { declined: provider.declineOf(session) }) : endedPage(session), session);
  });

  app.post<WithId>('/pay/:id', async ({ params, body, fault }, reply) => {
    const before = provider.session(params.id);
    if (before.status === 'expired') return show(reply.code(410), endedPage(before), before);
    if (before.status === 'complete') return await reply.redirect(successUrl(before), 303);
    const entry = readCard((body ?? {}) as Form);
    if ('errors' in entry) return show(reply.code(422), payPage(before, { errors: entry.errors }), before);
    const session = provider.pay(params.id, fault?.kind === 'declined' ? declined(entry.card) : entry.card);
    // By a redirect also when it was refused: going back then leads past this page and not into "send the form again?".
    return await reply.redirect(session.status === 'complete' ? successUrl(session) : `/pay/${session.id}`, 303);
  });
}

function successUrl({ successUrl: url, id }: SessionRecord): string {
  return url.replaceAll('{CHECKOUT_SESSION_ID}', id);
}

function show(reply: FastifyReply, page: Html, session?: SessionRecord) {
  // A browser checks form-action on the redirect that follows a form, too.
  const shop = session ? ` ${new URL(session.successUrl).origin}` : '';
  return reply
    .headers({
      'content-security-policy': `default-src 'none'; style-src 'self'; form-action 'self'${shop}; base-uri 'none'; frame-ancestors 'none'`,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cross-origin-opener-policy': 'same-origin',
    })
    .type('text/html; charset=utf-8')
    .send(`<!doctype html>\n${page.text}`);
}
