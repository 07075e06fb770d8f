import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { silentLog } from '@emall/runtime';
import { afterEach } from '@jest/globals';
import { buildSandbox } from './app.ts';
import { type Behaviour, wellBehaved } from './behaviour.ts';

const CARD = '4242424242424242';
export const secret = 'whsec_test';
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** The shop's side of the webhooks, which acknowledges when told to. */
export async function listener(answer: () => number = () => 200) {
  const received: { type: string; body: string; signature: string }[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    received.push({ type: JSON.parse(body).type, body, signature: String(request.headers['stripe-signature']) });
    response.writeHead(answer()).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => void (server.close(resolve), server.closeAllConnections())));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received };
}

export async function open({ webhookUrl = 'http://127.0.0.1:1/', behaviour = wellBehaved }: { webhookUrl?: string; behaviour?: Behaviour } = {}) {
  const app = await buildSandbox({ secretKey: 'sk_test_1', webhookSecret: secret, webhookUrl, publicOrigin: 'http://localhost:9', behaviour, log: silentLog });
  closers.push(() => app.close());
  const call = (method: 'GET' | 'POST', url: string, fields: Record<string, string> = {}, headers: Record<string, string> = {}) =>
    app.inject({
      method,
      url: `/v1${url}`,
      headers: { authorization: 'Bearer sk_test_1', ...(method === 'POST' && { 'content-type': 'application/x-www-form-urlencoded' }), ...headers },
      ...(method === 'POST' && { body: new URLSearchParams(fields).toString() }),
    });
  const post = (url: string, fields?: Record<string, string>, headers?: Record<string, string>) => call('POST', url, fields, headers);
  const pay = (id: string, fields: Record<string, string> = { number: CARD, expiry: '12/40', cvc: '123' }) =>
    app.inject({ method: 'POST', url: `/pay/${id}`, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams(fields).toString() });
  const ledger = async () => (await app.inject('/sandbox/ledger')).json();
  /** On a port of its own, for what needs a connection. */
  const listen = async () => {
    await app.listen({ host: '127.0.0.1', port: 0 });
    return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  };
  const control = (method: 'PUT' | 'DELETE' | 'POST', url: string, body?: object, authorization = 'Bearer sk_test_1') =>
    app.inject({ method, url: `/sandbox${url}`, headers: { authorization }, ...(body && { body }) });
  return { app, listen, control, post, get: (url: string) => call('GET', url), pay, ledger };
}

export function sessionFields(over: Record<string, string> = {}): Record<string, string> {
  return {
    mode: 'payment',
    'line_items[0][quantity]': '2',
    'line_items[0][price_data][currency]': 'gbp',
    'line_items[0][price_data][unit_amount]': '1250',
    'line_items[0][price_data][product_data][name]': '<b>Mug</b>',
    'metadata[order]': 'o1',
    success_url: 'http://127.0.0.1:8080/orders/o1?key=k',
    cancel_url: 'http://127.0.0.1:8080/checkout/cancelled',
    ...over,
  };
}

export async function until(what: () => Promise<boolean> | boolean): Promise<void> {
  const end = performance.now() + 25_000;
  while (!(await what())) {
    if (performance.now() > end) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
