import httpProxy, { type FastifyHttpProxyOptions } from '@fastify/http-proxy';
import { type App, CallRefused, type Deadline, REFUSED_HEADER, requestContext, signIdentity, unavailable } from '@emall/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { refuse } from '../door/refuse.ts';
import { type GuestCookies, shopperOf } from '../guests/guest.ts';
import { circuitOf } from './circuit.ts';
import { openConnections } from './connections.ts';
import { type Answer, createExchange, type Exchanging } from './exchange.ts';
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

/** All that is proxied: one scope for each row of the table. */
export async function proxyRoutes(app: App, { upstreams, guarded = true, ...options }: ProxyOptions): Promise<void> {
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
    await app.register(httpProxy, proxyOptions(row, upstreams[row.upstream], createExchange({ ...way, circuit }, row), options));
  }
}

function proxyOptions(row: Row, upstream: string, exchange: Exchanging, { cookies, identityKey }: Omit<ProxyOptions, 'upstreams' | 'guarded'>): FastifyHttpProxyOptions {
  return {
    upstream,
    prefix: row.prefix,
    rewritePrefix: row.prefix,
    httpMethods: [...row.methods],
    undici: { request: requestBy(exchange) } as unknown as NonNullable<FastifyHttpProxyOptions['undici']>,
    proxyPayloads: false,
    disableRequestLogging: true,
    internalRewriteLocationHeader: false,
    // Bytes with a type are passed on as they came; without one it would write them anew, as JSON.
    handler: (request, reply, dest, options) => reply.from(dest, Buffer.isBuffer(request.body) ? { ...options, body: request.body, contentType: request.headers['content-type'] ?? 'application/octet-stream' } : options),
    replyOptions: {
      // Otherwise a 503 to a GET becomes eleven calls; failover is nginx's.
      retryDelay: () => null,
      rewriteRequestHeaders: (request) => headersFor(row, request as FastifyRequest, cookies, identityKey),
      // All of it is in what the exchange brought.
      rewriteHeaders: () => NONE,
      onResponse: (request, reply, response) => (response as unknown as { stream: Brought }).stream.tell(row, cookies, request as FastifyRequest, reply as FastifyReply),
    },
  };
}

const NONE = {};

/** What reply-from asks of a dispatcher. */
interface Asked {
  path: string;
  method: string;
  headers: Record<string, string>;
  body?: Buffer | string;
}

/** It writes a line and makes an error of its own of each failure: to it every exchange brings something. */
function requestBy(exchange: Exchanging) {
  return ({ path, method, headers, body }: Asked, done: (error: null, response: { statusCode: number; headers: object; body: Brought }) => void): void => {
    const deadline = requestContext.getStore()?.deadline as Deadline;
    exchange({ path, method, headers, body: Buffer.isBuffer(body) && body.length > 0 ? body : null, deadline }, (error, answered) => {
      done(null, { statusCode: answered?.statusCode ?? 503, headers: NONE, body: new Brought(error, answered) });
    });
  };
}

/** An answer, or why there is none. */
class Brought {
  readonly #error: Error | null;
  readonly #answer: Answer | undefined;

  constructor(error: Error | null, answered: Answer | undefined) {
    this.#error = error;
    this.#answer = answered;
  }

  tell(row: Row, cookies: GuestCookies, request: FastifyRequest, reply: FastifyReply): void {
    if (this.#answer) answer(row, cookies, request, reply, this.#answer);
    else refuseFailed(row, request, reply, this.#error as Error);
  }

  /** Called when the client has gone. */
  destroy(): void {}
}

function headersFor(row: Row, request: FastifyRequest, cookies: GuestCookies, key: Buffer): Record<string, string> {
  const { id, method, headers } = request;
  return toUpstream(method, headers, {
    requestId: id,
    worth: requestContext.getStore()?.worth,
    identity: row.personal ? identify(request, cookies, key) : undefined,
    key: KEYED_BY_REQUEST.has(operationOf(request)) ? id : undefined,
  });
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
