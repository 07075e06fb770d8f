import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

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
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const call = toCall(request, Buffer.concat(chunks).toString());
    calls.push(call);
    const answer = (await find(handlers, call)?.(call)) ?? { status: 404, body: { code: 'not-found', status: 404 } };
    if (answer === 'hang') return;
    if (answer === 'reset') return void request.socket.resetAndDestroy();
    const text = answer.body === undefined ? '' : typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers }).end(text);
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

function toCall(request: IncomingMessage, text: string): UpstreamCall {
  const { method = 'GET', url = '/', headers } = request;
  if (text === '') return { method, url, headers, body: undefined };
  try {
    return { method, url, headers, body: JSON.parse(text) };
  } catch {
    return { method, url, headers, body: text };
  }
}

function find(handlers: Record<string, UpstreamHandler>, { method, url }: UpstreamCall): UpstreamHandler | undefined {
  const path = url.split('?', 1)[0] ?? '/';
  const exact = handlers[`${method} ${path}`];
  if (exact) return exact;
  const name = Object.keys(handlers).find((key) => key.endsWith('*') && `${method} ${path}`.startsWith(key.slice(0, -1)));
  return name === undefined ? undefined : handlers[name];
}
