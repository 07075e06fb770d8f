import { DEADLINE_HEADER, IDENTITY_HEADER, REQUEST_ID_HEADER, type Worth, WORTH_HEADER } from '@emall/runtime';
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
const OF_BODY = ['content-type', 'content-length', 'content-encoding'] as const;
const HTMX = 'hx-';

export interface Outgoing {
  requestId: string;
  deadlineMs: number;
  worth: Worth | undefined;
  identity: string | undefined;
  /** The idempotency key of a call for which the client sent none. */
  key: string | undefined;
}

export function toUpstream(method: string, headers: IncomingHttpHeaders, { requestId, deadlineMs, worth, identity, key }: Outgoing): Record<string, string> {
  const passed: Record<string, string> = { [REQUEST_ID_HEADER]: requestId, [DEADLINE_HEADER]: String(deadlineMs) };
  if (identity !== undefined) passed[IDENTITY_HEADER] = identity;
  if (worth !== undefined) passed[WORTH_HEADER] = String(worth);
  if (key !== undefined) passed['idempotency-key'] = key;
  for (const name in headers) {
    const value = headers[name];
    if (typeof value === 'string' && (PASSED.has(name) || name.startsWith(HTMX))) passed[name] = value;
  }
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

export function toClient<Headers extends object>(headers: Headers): Headers {
  const passed = {} as Headers;
  for (const name in headers) {
    if (!KEPT_BACK.has(name) && !name.startsWith('x-emall-')) passed[name] = headers[name];
  }
  return passed;
}
