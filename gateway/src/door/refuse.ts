import { type ProblemError, sendProblem } from '@emall/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** A problem document for the API, a few plain words for a browser; in the place of a 503 the edge puts its busy page, which is asked for here. */
export function refuse(problem: ProblemError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (request.url.startsWith('/api')) return sendProblem(problem, request, reply);
  const { status, title, details } = problem;
  return reply
    .code(status)
    .headers({ 'cache-control': 'no-store', 'content-security-policy': "default-src 'none'; frame-ancestors 'none'", ...(status === 503 && { 'x-accel-redirect': '/-/busy' }), ...details.headers })
    .type('text/html; charset=utf-8')
    .send(`<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>${title}</title><h1>${title}</h1><p>${details.detail ?? ''}</p><p><a href="/">To the shop</a></p></html>`);
}
