import type { FastifyRequest } from 'fastify';
import { type App, REQUEST_ID_HEADER } from './app.ts';
import { type RequestContext, requestContext } from './context.ts';
import { requestDuration, requestsInFlight, requestStatements } from './metrics.ts';

const SLOW_MS = 500;
/** nginx's word for a client that went away before its answer. */
export const CLIENT_GONE = 499;

interface Observed {
  context: RequestContext;
  start: number;
  over: boolean;
  /** Turned away before any work: counted, but no line of the log for each. */
  refused: boolean;
}

const observed = new WeakMap<FastifyRequest, Observed>();

/**
 * Rate, errors and duration of each route, its SQL statements, and a log line for what an SRE would ask about:
 * every write, every failure, everything slow. Reads that went well are in the edge's access log.
 */
export function observeRequests(app: App): void {
  app.addHook('onRequest', (request, reply, done) => {
    requestsInFlight.add(1);
    reply.header(REQUEST_ID_HEADER, request.id);
    const { method, id, deadline } = request;
    const context: RequestContext = { requestId: id, statements: 0, deadline, reads: method === 'GET' || method === 'HEAD' };
    observed.set(request, { context, start: performance.now(), over: false, refused: false });
    // Not `onResponse`: whoever gives up waiting gets none, and those are the requests that an outage makes slow.
    reply.raw.once('close', () => settle(request, reply.raw.writableEnded ? reply.statusCode : CLIENT_GONE));
    requestContext.run(context, done);
  });

  // An answer that still waits for its turn on a connection is not closed with it.
  app.addHook('onRequestAbort', async (request) => settle(request, CLIENT_GONE));
}

function settle(request: FastifyRequest, status: number): void {
  const seen = observed.get(request);
  if (!seen || seen.over) return;
  seen.over = true;
  requestsInFlight.add(-1);
  const route = request.routeOptions.url ?? 'unmatched';
  const { method } = request;
  const { statements } = seen.context;
  seen.context.ended?.(status);
  if (status === CLIENT_GONE) {
    seen.context.gone = true;
    seen.context.giveUp?.();
  }
  const ms = performance.now() - seen.start;
  requestDuration.record(ms / 1000, { 'http.request.method': method, 'http.route': route, 'http.response.status_code': status });
  requestStatements.record(statements, { 'http.route': route });
  if (seen.refused) return;
  if (ms > SLOW_MS || status >= 500 || (method !== 'GET' && method !== 'HEAD')) {
    request.log.info({ method, route, status, ms: Math.round(ms * 10) / 10, statements }, 'request');
  }
}

/** Says that the request was turned away before anything was done for it. */
export function markRefused(request: FastifyRequest): void {
  const seen = observed.get(request);
  if (seen) seen.refused = true;
}

/** Statements that the request has cost so far. */
export function statementsOf(request: FastifyRequest): number {
  return observed.get(request)?.context.statements ?? 0;
}
