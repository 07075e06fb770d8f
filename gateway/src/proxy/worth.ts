import type { Worth } from '@emall/runtime';
import type { IncomingHttpHeaders } from 'node:http';

/** What is done in the shop, worthiest first: the last of these is turned away first when there is too much to do. */
export const WORTHS = ['pay', 'checkout', 'cart', 'account', 'product', 'list', 'search', 'prefetch'] as const;

const [PAY, CHECKOUT, CART, ACCOUNT, PRODUCT, LIST, SEARCH, PREFETCH] = WORTHS.map((_, i) => i as Worth) as [Worth, Worth, Worth, Worth, Worth, Worth, Worth, Worth];

/** By how an address begins; the first that fits. */
const BY_PATH: readonly (readonly [string, Worth])[] = [
  ['/api/catalog/products/', PRODUCT],
  ['/api/catalog/variants', PRODUCT],
  ['/api/catalog/suggestions', PREFETCH],
  ['/api/catalog/', LIST],
  ['/api/cart', CART],
  ['/cart', CART],
  ['/checkout', CHECKOUT],
  ['/p/', PRODUCT],
  ['/search/suggestions', PREFETCH],
  ['/search', SEARCH],
];

/** Undefined for what is always answered. */
export function worthOf({ method, url, headers }: { method: string; url: string; headers: IncomingHttpHeaders }): Worth | undefined {
  if (url === '/healthz') return undefined;
  const reads = method === 'GET' || method === 'HEAD';
  // A browser that loads ahead (https://fetch.spec.whatwg.org/#sec-purpose-header): nobody waits for it yet.
  if (reads && headers['sec-purpose'] !== undefined) return PREFETCH;
  if (url.startsWith('/api/payments/')) return SIGNED.test(String(headers['stripe-signature'])) ? PAY : PREFETCH;
  if (url.startsWith('/api/orders') || url.startsWith('/orders')) return reads ? ACCOUNT : CHECKOUT;
  const worth = BY_PATH.find(([path]) => url.startsWith(path))?.[1] ?? LIST;
  return worth === LIST && HAS_WORDS.test(url) ? SEARCH : worth;
}

const HAS_WORDS = /[?&]q=[^&]/;

/** As the payment provider signs (https://docs.stripe.com/webhooks#verify-manually); whether it was the provider, order knows. What is not even signed it refuses. */
const SIGNED = /^t=\d+,(?:.*,)?v1=[0-9a-f]{64}(?:,|$)/;
