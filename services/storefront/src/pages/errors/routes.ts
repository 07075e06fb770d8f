import { notFound, type ProblemError, toProblem } from '@emall/runtime';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Deps } from '../../shared/deps.ts';
import { sendPrivate, shopOf, wantsFragment } from '../../shared/reply.ts';
import type { Secure } from '../../shared/security.ts';
import type { Shop } from '../../shared/shop.ts';
import { FailedPage, NotFoundPage, RefusedRequestPage, UnavailablePage } from './view.tsx';

/** Every error as a page. An address that cannot be read comes to no plugin and no hook, so the headers are set here too. */
export function errorsAsPages(deps: Deps & { secure: Secure }) {
  return async (error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    deps.secure(request, reply);
    const problem = toProblem(error);
    tell(problem, error, request);
    reply.code(problem.status).headers(problem.details.headers ?? {});
    // Nothing to put anywhere: the script tells that it failed, and the page stays as it is.
    if (wantsFragment(request)) return sendPrivate(reply.removeHeader('hx-retarget'), '');
    // A page that has no departments to offer is better than none.
    const departments = problem.status === 503 ? [] : await deps.departments.orNone();
    return sendPrivate(reply, pageOf(problem, shopOf(deps, departments), request.id));
  };
}

/** Every unknown path as a page, after all that are known. */
export function answerUnknown(app: FastifyInstance): void {
  app.all('/*', async (): Promise<FastifyReply> => {
    throw notFound();
  });
}

function pageOf(problem: ProblemError, shop: Shop, requestId: string): JSX.Element {
  if (problem.status === 404) return NotFoundPage({ shop });
  if (problem.status === 503) return UnavailablePage({ shop, requestId });
  if (problem.status >= 500) return FailedPage({ shop, requestId });
  return RefusedRequestPage({ shop, reason: reasonOf(problem) });
}

/** The kit's titles are for programs. */
const REASONS: Record<string, string> = {
  'unsupported-media-type': 'The form was sent in a way that this shop does not read. Go back, load the page again and send it from there.',
  'payload-too-large': 'That was more than a form of this shop holds. Go back and shorten what you typed.',
  'method-not-allowed': 'This address cannot be used like that. Go back and try again.',
  'invalid-request': 'The address or the form is not one of this shop. Go back and try again.',
};

function reasonOf({ code, title, details }: ProblemError): string {
  return details.detail ?? REASONS[code] ?? `${title}.`;
}

function tell(problem: ProblemError, error: unknown, request: FastifyRequest): void {
  if (problem.status < 500) return;
  const level = problem.status === 503 ? 'warn' : 'error';
  request.log[level]({ err: problem.details.cause ?? error, route: request.routeOptions.url }, `answered ${problem.status} ${problem.code}`);
}
