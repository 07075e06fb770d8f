import { IDENTITY_HEADER, REQUEST_ID_HEADER, type Worth, WORTH_HEADER } from '@emall/runtime';
import type { IncomingHttpHeaders } from 'node:http';

/** What a client may tell the services. Everything else stays here: cookies, forwarding and identity headers, what is hop by hop. */
const PASSED = new Set([
  'accept',
  // The listeners inside compress, once, what the edge keeps and the shopper is sent: here it is only passed on.
  'accept-encoding',
  'accept-language',
  'idempotency-key',
  'if-modified-since',
  'if-none-match',
  'origin',
  'referer',
  'stripe-signature',
  'user-agent',
]);
/** Its length is told by whoever sends it. */
const OF_BODY = ['content-type', 'content-encoding'] as const;
const HTMX = 'hx-';

export interface Outgoing {
  requestId: string;
  worth: Worth | undefined;
  identity: string | undefined;
  /** The idempotency key of a call for which the client sent none. */
  key: string | undefined;
}

export function toUpstream(method: string, headers: IncomingHttpHeaders, { requestId, worth, identity, key }: Outgoing): Record<string, string> {
  const passed: Record<string, string> = { [REQUEST_ID_HEADER]: requestId };
  if (identity !== undefined) passed[IDENTITY_HEADER] = identity;
  if (worth !== undefined) passed[WORTH_HEADER] = String(worth);
  if (key !== undefined) passed['idempotency-key'] = key;
  for (const name in headers) {
    const value = headers[name];
    if (typeof value === 'string' && (PASSED.has(name) || name.startsWith(HTMX))) passed[name] = value;
  }
  // What a client calls hop by hop is meant for us alone. The edge says nothing of its connections.
  for (const name of headers.connection?.toLowerCase().split(',') ?? []) if (PASSED.has(name.trim())) delete passed[name.trim()];
  // The body of a GET means nothing and is not passed on.
  if (method === 'GET' || method === 'HEAD') return passed;
  for (const name of OF_BODY) {
    const value = headers[name];
    if (value !== undefined) passed[name] = value;
  }
  return passed;
}

/** The cart's word to the gateway; shoppers get a cookie of it. */
export const CART_ITEMS_HEADER = 'emall-cart-items';

const KEPT_BACK = new Set([
  CART_ITEMS_HEADER,
  REQUEST_ID_HEADER,
  'connection',
  'date',
  'keep-alive',
  'proxy-authenticate',
  'server',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-powered-by',
]);

/** Of an answer's headers, by their names in small letters. */
export function isForClients(name: string): boolean {
  return !KEPT_BACK.has(name) && !name.startsWith('x-emall-');
}
