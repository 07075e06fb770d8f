import type { FastifyRequest } from 'fastify';
import { type App, REQUEST_ID_HEADER } from './app.ts';
import { type RequestContext, requestContext } from './context.ts';
import { requestDuration, requestsInFlight, requestStatements } from './metrics.ts';


const SLOW_MS = 500;
const contexts = new WeakMap<FastifyRequest, RequestContext>();

/**
 * Rate, errors and duration of each route, its SQL statements, and a log line for what an SRE would ask about:
 * every write, every failure, everything slow. Reads that went well are in the edge's access log.
 */
export function observeRequests(app: App): void {
  app.addHook('onRequest', (request, reply, done) => {
    requestsInFlight.add(1);
    request.deadline.remaining();
    reply.header(REQUEST_ID_HEADER, request.id);
    const context: RequestContext = { requestId: request.id, statements: 0 };
    contexts.set(request, context);
    requestContext.run(context, done);
  });

  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unmatched';
    const { method } = request;
    const status = reply.statusCode;
    const ms = reply.elapsedTime;
    const statements = contexts.get(request)?.statements ?? 0;
    leave(request);
    requestDuration.record(ms / 1000, { 'http.request.method': method, 'http.route': route, 'http.response.status_code': status });
    requestStatements.record(statements, { 'http.route': route });
    if (ms > SLOW_MS || status >= 500 || (method !== 'GET' && method !== 'HEAD')) {
      request.log.info({ method, route, status, ms: Math.round(ms * 10) / 10, statements }, 'request');
    }
  });

  // A client that went away gets no onResponse.
  app.addHook('onRequestAbort', async (request) => leave(request));
}

const left = new WeakSet<FastifyRequest>();

function leave(request: FastifyRequest): void {
  if (left.has(request)) return;
  left.add(request);
  requestsInFlight.add(-1);
}

/** Statements that the request has cost so far. */
export function statementsOf(request: FastifyRequest): number {
  return contexts.get(request)?.statements ?? 0;
}
