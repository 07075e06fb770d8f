import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface UpstreamCall {
  method: string;
  /** Path with its query, as it arrived. */
  url: string;
  headers: IncomingMessage['headers'];
  /** Parsed JSON, the text when it is none, undefined when empty. */
  body: unknown;
}

export interface UpstreamAnswer {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
}

/** Answers a call; `'hang'` never answers and `'reset'` cuts the connection. */
export type UpstreamHandler = (call: UpstreamCall) => UpstreamAnswer | 'hang' | 'reset' | Promise<UpstreamAnswer | 'hang' | 'reset'>;

/**
 * A local HTTP server in the place of a service that the one under test calls.
 * `handlers` by `METHOD /path` (without query) or `METHOD /path/*`; may be changed while it runs. Others get a 404.
 */
export async function fakeUpstream(handlers: Record<string, UpstreamHandler>) {
  const calls: UpstreamCall[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request).catch(() => undefined);
    // Whoever went away in the middle of its body made no call.
    if (body === undefined) return;
    const call = toCall(request, body);
    calls.push(call);
    const answer = (await find(handlers, call)?.(call)) ?? { status: 404, body: { code: 'not-found', status: 404 } };
    if (answer === 'hang') return;
    if (answer === 'reset') return void request.socket.resetAndDestroy();
    const sent = answer.body === undefined ? '' : typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers }).end(sent);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    handlers,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function toCall(request: IncomingMessage, body: string): UpstreamCall {
  const { method = 'GET', url = '/', headers } = request;
  if (body === '') return { method, url, headers, body: undefined };
  try {
    return { method, url, headers, body: JSON.parse(body) };
  } catch {
    return { method, url, headers, body };
  }
}

function find(handlers: Record<string, UpstreamHandler>, { method, url }: UpstreamCall): UpstreamHandler | undefined {
  const path = url.split('?', 1)[0] ?? '/';
  const exact = handlers[`${method} ${path}`];
  if (exact) return exact;
  const name = Object.keys(handlers).find((key) => key.endsWith('*') && `${method} ${path}`.startsWith(key.slice(0, -1)));
  return name === undefined ? undefined : handlers[name];
}
