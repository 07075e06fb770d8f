import httpProxy, { type FastifyHttpProxyOptions } from '@fastify/http-proxy';
import { type App, keepingCount, REFUSED_HEADER, repeatWhenClosed, requestContext, signIdentity, timeLimit, unavailable } from '@emall/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Dispatcher, Pool } from 'undici';
import { refuse } from '../door/refuse.ts';
import { type GuestCookies, shopperOf } from '../guests/guest.ts';
import { circuitOf } from './circuit.ts';
import { createExchange, type WholeBody } from './exchange.ts';
import { CART_ITEMS_HEADER, toClient, toUpstream } from './headers.ts';
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

/** Enough for a slow upstream at full load; the rest waits within its deadline. As many as are asked for, where nothing is bounded. */
const CONNECTIONS = 128;

/** All that is proxied: one scope for each row of the table. */
export async function proxyRoutes(app: App, { upstreams, guarded = true, ...options }: ProxyOptions): Promise<void> {
  app.decorateRequest('mintedToken', undefined);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));

  const pools = new Map(Object.entries(upstreams).map(([name, url]) => [name, openPool(url, guarded ? CONNECTIONS : null)]));
  app.addHook('onClose', async () => {
    await Promise.all([...pools.values()].map((pool) => pool.close()));
  });
  for (const row of table) {
    const { dispatcher } = pools.get(row.upstream) as ReturnType<typeof openPool>;
    const circuit = guarded ? circuitOf(app, row, upstreams[row.upstream]) : undefined;
    await app.register(httpProxy, proxyOptions(row, upstreams[row.upstream], createExchange(dispatcher, row, circuit), options));
  }
}

/**
 * nginx closes idle connections after 30 s: ours go first. It also closes them whenever its list of replicas changes, and a
 * call may be on its way: a look is made once more; what may change something goes on a connection of its own, which is not
 * idle and therefore never closed under it. Time limits are the exchange's.
 */
function openPool(url: string, connections: number | null): { dispatcher: Dispatcher; close(): Promise<unknown> } {
  const options = { connections, connect: keepingCount(500), keepAliveTimeout: 4000, headersTimeout: 0, bodyTimeout: 0 };
  const kept = new Pool(url, { ...options, pipelining: 1 });
  const fresh = new Pool(url, { ...options, pipelining: 0 });
  const dispatcher = kept.compose(repeatWhenClosed, (dispatch) => (call, handler) => (isLook(call.method) ? dispatch(call, handler) : fresh.dispatch(call, handler)));
  return { dispatcher, close: () => Promise.all([kept.close(), fresh.close()]) };
}

const isLook = (method: string) => method === 'GET' || method === 'HEAD';

function proxyOptions(row: Row, upstream: string, exchange: object, { cookies, identityKey }: Omit<ProxyOptions, 'upstreams' | 'guarded'>): FastifyHttpProxyOptions {
  return {
    upstream,
    prefix: row.prefix,
    rewritePrefix: row.prefix,
    httpMethods: [...row.methods],
    undici: exchange as NonNullable<FastifyHttpProxyOptions['undici']>,
    proxyPayloads: false,
    disableRequestLogging: true,
    internalRewriteLocationHeader: false,
    replyOptions: {
      // Otherwise a 503 to a GET becomes eleven calls; failover is nginx's.
      retryDelay: () => null,
      rewriteRequestHeaders: (request, headers) => {
        const { id, method } = request as FastifyRequest;
        const identity = row.personal ? identify(request as FastifyRequest, cookies, identityKey) : undefined;
        const key = KEYED_BY_REQUEST.has(operationOf(request as FastifyRequest)) ? id : undefined;
        return toUpstream(method, headers, { requestId: id, deadlineMs: timeLimit(row.timeoutMs), worth: requestContext.getStore()?.worth, identity, key });
      },
      rewriteHeaders: toClient,
      onResponse: (request, reply, response) => answer(row, cookies, request as FastifyRequest, reply as FastifyReply, response as never),
      onError: (reply, { error }) => refuseFailed(reply as FastifyReply, error),
    },
  };
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
  return `${method} ${url.split('?', 1)[0]}`;
}

interface UpstreamAnswer {
  statusCode: number;
  headers: Record<string, string | string[] | undefined>;
  stream: WholeBody;
}

function answer(row: Row, cookies: GuestCookies, request: FastifyRequest, reply: FastifyReply, { statusCode, headers, stream }: UpstreamAnswer) {
  if (headers[REFUSED_HEADER] !== undefined && !row.prefix.startsWith('/api')) return refuseAsAsked(request, reply, headers);
  if (row.personal) {
    const count = headers[CART_ITEMS_HEADER];
    const items = typeof count === 'string' ? cookies.items(count, request.headers.cookie) : undefined;
    if (items !== undefined) reply.header('set-cookie', items);
    if (request.mintedToken !== undefined && statusCode < 400) reply.header('set-cookie', cookies.guest(request.mintedToken));
  }
  if ((row.personal || headers['set-cookie']) && !String(headers['cache-control']).includes('no-store')) reply.header('cache-control', 'no-store');
  return reply.send(stream.bytes.length > 0 ? stream.bytes : undefined);
}

/** A service of pages had no room: it says so as every service does, and the shopper is shown a page. */
function refuseAsAsked(request: FastifyRequest, reply: FastifyReply, headers: UpstreamAnswer['headers']): FastifyReply {
  const retryAfter = Number(headers['retry-after'] ?? 1);
  return refuse(unavailable({ detail: 'There is more to do than can be done. Please try again in a moment.', retryAfter }), request, reply.removeHeader('content-length'));
}

function refuseFailed(reply: FastifyReply, error: Error): FastifyReply {
  return refuse(unavailable({ detail: 'We cannot answer this for a moment. Please try again.', cause: error }), reply.request, reply);
}
