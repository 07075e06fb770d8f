import createFetchClient, { type Client } from 'openapi-fetch';
import type { FastifyRequest } from 'fastify';
import { Agent, type Dispatcher, request as send } from 'undici';
import { Breaker, CallRefused, type Outcome } from './breaker.ts';
import { isPointless, requestContext } from './context.ts';
import { DEADLINE_HEADER, timeLimit } from './deadline.ts';
import { IDENTITY_HEADER, signIdentity } from './identity.ts';
import { type Log, silentLog } from './log.ts';
import { clientDuration } from './metrics.ts';
import { keepingCount, repeatWhenClosed } from './kept-connections.ts';
import { isNoAnswer } from './no-answer.ts';
import { addWaits, WAITED_HEADER } from './overload/outside.ts';
import { isWorthMost, WORTH_HEADER } from './overload/worth.ts';
import { unavailable } from './problems.ts';
import { Room } from './room.ts';
import { REQUEST_ID_HEADER } from './app.ts';

export type { Client };

export interface ClientOptions {
  baseUrl: string;
  /** Name of the service called, for metrics and messages. */
  service: string;
  /** The longest a call may take in milliseconds; a request's own deadline shortens it. */
  timeoutMs: number;
  /** Where it is said that the service does not answer, and that it does again. */
  log?: Log;
  /** False leaves out the bounds on what is under way, and the circuit breaker. */
  guarded?: boolean;
}

/** Calls on the wire at once from this process. */
const CONNECTIONS = 64;
/** As many again wait for one of those within their deadline; more could not be answered in time and are refused at once. */
const AT_ONCE = 2 * CONNECTIONS;

const JSON_TYPE = /^application\/(problem\+)?json\b/;
/** Statuses with which the called side, or nginx before it, says that it could not do the work now. */
const NOT_NOW = new Set([502, 503, 504]);

/**
 * A typed client of another service (`paths` is generated from its contract). No hidden retry, since failover is nginx's, but for
 * a connection that was closed under a call: every write carries a key, or says what shall be.
 * A network fault, a timeout and 502/503/504 throw `unavailable`; every other status comes back as data or error.
 */
export function createClient<Paths extends {}>({ baseUrl, service, timeoutMs, log = silentLog, guarded = true }: ClientOptions) {
  const dispatcher = new Agent({ connections: CONNECTIONS, pipelining: 1, connect: keepingCount(500), keepAliveTimeout: 4000 }).compose(repeatWhenClosed());
  const room = new Room(guarded ? CONNECTIONS : Number.POSITIVE_INFINITY);
  const breaker = guarded ? new Breaker({ name: service, atOnce: AT_ONCE, log }) : undefined;
  const fetch = (request: OutgoingRequest) => exchange(request, { dispatcher, room, breaker, service, timeoutMs: timeLimit(timeoutMs) });
  const client = createFetchClient<Paths>({
    baseUrl,
    Request: OutgoingRequest as never,
    fetch: fetch as never,
  });
  return Object.assign(client, {
    close: () => {
      breaker?.dispose();
      return dispatcher.close();
    },
  });
}

/** What openapi-fetch builds; the platform's own Request and Response cost several times the call itself. */
class OutgoingRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string | undefined;

  constructor(url: string, init: { method: string; headers: Headers; body?: string }) {
    this.url = url;
    this.method = init.method;
    this.headers = init.headers;
    this.body = init.body;
  }
}

interface CalledSide {
  dispatcher: Dispatcher;
  room: Room;
  breaker: Breaker | undefined;
  service: string;
  timeoutMs: number;
}

async function exchange(request: OutgoingRequest, { dispatcher, room, breaker, service, timeoutMs }: CalledSide) {
  const granted = Number(request.headers.get(DEADLINE_HEADER) ?? timeoutMs);
  const inSomebodysName = request.headers.has(DEADLINE_HEADER);
  const ms = Math.min(granted, timeoutMs);
  const start = performance.now();
  let outcome: string | number = 'error';
  // Whoever had little time left and ran out of it has learnt nothing about the other side.
  let learnt: Outcome = ms * 2 < timeoutMs ? 'unknown' : 'silent';
  let end: ((outcome: Outcome) => void) | undefined;
  let leave: (() => void) | undefined;
  const isWorthy = isWorthMost(requestContext.getStore()?.worth);
  try {
    if (ms <= 0) throw new Error('the deadline has passed');
    if (inSomebodysName && isNobodyWaiting()) throw new Error('whoever asked has hung up');
    end = breaker?.begin(isWorthy);
    const signal = AbortSignal.timeout(ms);
    leave = await roomIn(room, isWorthy, signal);
    // What was waited for is not there any more for the other side.
    const remainingMs = Math.floor(ms - (performance.now() - start));
    request.headers.set(DEADLINE_HEADER, String(Math.max(1, remainingMs)));
    const { statusCode, headers, body } = await send(request.url, {
      method: request.method as Dispatcher.HttpMethod,
      headers: Object.fromEntries(request.headers),
      body: request.body ?? null,
      dispatcher,
      signal,
    });
    outcome = statusCode;
    const context = requestContext.getStore();
    if (context) addWaits(context, headers[WAITED_HEADER]);
    learnt = isNoAnswer(statusCode, headers) ? 'silent' : 'answered';
    const text = await body.text();
    if (NOT_NOW.has(statusCode)) throw new Error(`answered ${statusCode}`);
    return answer(statusCode, headers, text, JSON_TYPE.test(String(headers['content-type'])) && text !== '' ? JSON.parse(text) : undefined);
  } catch (error) {
    if (error instanceof CallRefused) outcome = 'refused';
    throw unavailable({ cause: new Error(`${service} did not answer ${request.method} ${new URL(request.url).pathname}`, { cause: error }) });
  } finally {
    leave?.();
    end?.(learnt);
    const labels = { 'server.address': service, 'http.request.method': request.method, 'http.response.status_code': outcome };
    clientDuration.record((performance.now() - start) / 1000, labels);
  }
}

/** Resolves to what gives the room back. @throws when there was none in time */
function roomIn(room: Room, isWorthy: boolean, signal: AbortSignal): Promise<() => void> {
  return new Promise((resolve, reject) => {
    let given = false;
    const leave = room.enter(isWorthy, () => {
      given = true;
      queueMicrotask(() => resolve(leave));
    });
    if (given) return;
    signal.addEventListener('abort', () => {
      if (given) return;
      leave();
      reject(new Error('no connection was free in time'));
    }, { once: true });
  });
}

function isNobodyWaiting(): boolean {
  const context = requestContext.getStore();
  return context !== undefined && isPointless(context);
}

/** The part of Response that openapi-fetch and our callers read. */
function answer(status: number, raw: Dispatcher.ResponseData['headers'], text: string, json: unknown) {
  return {
    status,
    ok: status >= 200 && status < 300,
    // The length is always told, so that openapi-fetch takes the JSON parsed above instead of parsing the text again.
    headers: { get: (name: string) => (/^content-length$/i.test(name) ? String(text.length) : ([raw[name.toLowerCase()] ?? null].flat()[0] ?? null)) },
    text: async () => text,
    json: async () => json,
  };
}

/** Headers that carry a request's identity, id and remaining time to the next hop. */
export function forward(request: FastifyRequest): Record<string, string> {
  const identity = request.headers[IDENTITY_HEADER];
  return {
    ...hop(request),
    ...(typeof identity === 'string' && { [IDENTITY_HEADER]: identity }),
  };
}

/** Headers of a call made in a shopper's name by this process itself; `request` is absent in jobs. */
export function signed({ shopper, caller, key, request }: { shopper: string; caller: string; key: Buffer; request?: FastifyRequest }): Record<string, string> {
  return { ...(request && hop(request)), [IDENTITY_HEADER]: signIdentity({ shopper, caller, key }) };
}

function hop(request: FastifyRequest): Record<string, string> {
  const worth = requestContext.getStore()?.worth;
  return {
    [REQUEST_ID_HEADER]: request.id,
    [DEADLINE_HEADER]: String(request.deadline.remaining()),
    ...(worth !== undefined && { [WORTH_HEADER]: String(worth) }),
  };
}
