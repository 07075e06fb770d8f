import { type App, CallRefused, REFUSED_HEADER, requestContext, signIdentity, unavailable } from '@emall/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { refuse } from '../door/refuse.ts';
import { type GuestCookies, shopperOf } from '../guests/guest.ts';
import { circuitOf } from './circuit.ts';
import { openConnections } from './connections.ts';
import { type Answer, type Call, createExchange } from './exchange.ts';
import { CART_ITEMS_HEADER, isForClients, toUpstream } from './headers.ts';
import { FIRST_LINES, KEYED_BY_REQUEST, type Row, table, type Upstream } from './table.ts';

export interface ProxyOptions {
  upstreams: Record<Upstream, string>;
  cookies: GuestCookies;
  identityKey: Buffer;
  /** False leaves out the bounds on connections and the circuits before the upstreams. */
  guarded?: boolean;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The token made for a guest by this very call. */
    mintedToken: string | undefined;
  }
}

/** All that is proxied, by the rows of the table. Addresses are passed on as they are: `door/path.ts` has refused what is not plain. */
export async function proxyRoutes(app: App, { upstreams, guarded = true, cookies, identityKey }: ProxyOptions): Promise<void> {
  app.decorateRequest('mintedToken', undefined);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  const ways = new Map(Object.entries(upstreams).map(([name, url]) => [name, openConnections(url, guarded)]));
  app.addHook('onClose', async () => {
    await Promise.all([...ways.values()].map((way) => way.close()));
  });
  for (const row of table) {
    const way = ways.get(row.upstream) as ReturnType<typeof openConnections>;
    const circuit = guarded ? circuitOf(app, row, upstreams[row.upstream]) : undefined;
    const exchange = createExchange({ ...way, circuit }, row);
    const handler = (request: FastifyRequest, reply: FastifyReply) => {
      exchange(callOf(row, request, cookies, identityKey), (error, answered) => {
        // Whoever has hung up is told nothing.
        if (reply.raw.destroyed) return;
        if (answered) answer(row, cookies, request, reply, answered);
        else refuseFailed(row, request, reply, error as Error);
      });
    };
    const prefix = row.prefix === '/' ? '' : row.prefix;
    for (const url of [prefix || '/', `${prefix}/*`]) app.route({ method: [...row.methods], url, handler });
  }
}

function callOf(row: Row, request: FastifyRequest, cookies: GuestCookies, key: Buffer): Call {
  const { id, method, url, headers, body, deadline } = request;
  const outgoing = {
    requestId: id,
    worth: requestContext.getStore()?.worth,
    identity: row.personal ? identify(request, cookies, key) : undefined,
    key: KEYED_BY_REQUEST.has(operationOf(request)) ? id : undefined,
  };
  return { path: url, method, headers: toUpstream(method, headers, outgoing), body: Buffer.isBuffer(body) && body.length > 0 ? body : null, deadline };
}

function identify(request: FastifyRequest, cookies: GuestCookies, key: Buffer): string | undefined {
  let token = cookies.read(request.headers.cookie);
  if (token === undefined && FIRST_LINES.has(operationOf(request))) {
    token = cookies.mint();
    request.mintedToken = token;
  }
  return token === undefined ? undefined : signIdentity({ shopper: shopperOf(token), caller: 'gateway', key });
}

/** Method and path, as the lists of the table name them. */
function operationOf({ method, url }: FastifyRequest): string {
  const cut = url.indexOf('?');
  return `${method} ${cut < 0 ? url : url.slice(0, cut)}`;
}

function answer(row: Row, cookies: GuestCookies, request: FastifyRequest, reply: FastifyReply, { statusCode, headers, body }: Answer): void {
  if (headers[REFUSED_HEADER] !== undefined && !row.prefix.startsWith('/api')) return void refuseAsAsked(request, reply, headers);
  reply.code(statusCode);
  for (const name in headers) if (isForClients(name)) reply.header(name, headers[name]);
  if (row.personal) {
    const count = headers[CART_ITEMS_HEADER];
    const items = typeof count === 'string' ? cookies.items(count, request.headers.cookie) : undefined;
    if (items !== undefined) reply.header('set-cookie', items);
    if (request.mintedToken !== undefined && statusCode < 400) reply.header('set-cookie', cookies.guest(request.mintedToken));
  }
  if ((row.personal || headers['set-cookie']) && !String(headers['cache-control']).includes('no-store')) reply.header('cache-control', 'no-store');
  reply.send(body.length > 0 ? body : undefined);
}

/** A service of pages had no room: it says so as every service does, and the shopper is shown a page. */
function refuseAsAsked(request: FastifyRequest, reply: FastifyReply, headers: Answer['headers']): FastifyReply {
  const retryAfter = Number(headers['retry-after'] ?? 1);
  return refuse(unavailable({ detail: 'There is more to do than can be done. Please try again in a moment.', retryAfter }), request, reply);
}

/** A call that was refused here is counted by its circuit, which has said why: a line for each would be work for what was to cost none. */
function refuseFailed({ upstream }: Row, request: FastifyRequest, reply: FastifyReply, error: Error): FastifyReply {
  if (!(error instanceof CallRefused)) request.log.warn({ upstream, reason: error.message }, 'not answered');
  return refuse(unavailable({ detail: 'We cannot answer this for a moment. Please try again.', cause: error }), request, reply);
}
