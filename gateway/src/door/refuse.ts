import { type ProblemError, sendProblem } from '@emall/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** What the edge shows instead, with the look of the shop. */
const PAGES: Record<number, string> = { 400: '/-/unreadable', 403: '/-/refused', 404: '/-/nothing', 503: '/-/busy' };

/** A problem document for the API, a few plain words for a browser and, for the edge, the name of the page to show them instead. */
export function refuse(problem: ProblemError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (request.url.startsWith('/api')) return sendProblem(problem, request, reply);
  const { status, title, details } = problem;
  const page = PAGES[status];
  return reply
    .code(status)
    .headers({ 'cache-control': 'no-store', 'content-security-policy': "default-src 'none'; frame-ancestors 'none'", ...(page && { 'x-accel-redirect': page }), ...details.headers })
    .type('text/html; charset=utf-8')
    .send(`<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>${title}</title><h1>${title}</h1><p>${details.detail ?? ''}</p><p><a href="/">To the shop</a></p></html>`);
}
