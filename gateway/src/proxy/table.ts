/** Where calls go. The upstreams are nginx's internal listeners, each before all replicas of one service. */
export type Upstream = 'catalog' | 'cart' | 'order' | 'storefront';

export interface Row {
  prefix: string;
  upstream: Upstream;
  /** The whole exchange, a wait for a connection included. Less than the edge grants, so that it hears of it from us. */
  timeoutMs: number;
  methods: readonly ('GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE')[];
  /** True: the answer is for one shopper, is told who that is, and is kept by no cache. False: it is the same for everybody. */
  personal: boolean;
}

const READ = ['GET', 'HEAD'] as const;
const FORM = ['GET', 'HEAD', 'POST'] as const;
const API = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'] as const;

export const table: readonly Row[] = [
  { prefix: '/api/catalog', upstream: 'catalog', timeoutMs: 1900, methods: READ, personal: false },
  { prefix: '/api/cart', upstream: 'cart', timeoutMs: 1900, methods: API, personal: true },
  { prefix: '/api/orders', upstream: 'order', timeoutMs: 5800, methods: API, personal: true },
  { prefix: '/api/payments/webhook', upstream: 'order', timeoutMs: 5800, methods: ['POST'], personal: false },
  { prefix: '/cart', upstream: 'storefront', timeoutMs: 1900, methods: FORM, personal: true },
  { prefix: '/checkout', upstream: 'storefront', timeoutMs: 5800, methods: FORM, personal: true },
  { prefix: '/orders', upstream: 'storefront', timeoutMs: 5800, methods: FORM, personal: true },
  { prefix: '/', upstream: 'storefront', timeoutMs: 1900, methods: READ, personal: false },
];

/** Adds: with a key the cart makes one of two. Where the client sent none, it is the request id, which is the same when the edge asks twice. */
export const KEYED_BY_REQUEST: ReadonlySet<string> = new Set(['POST /api/cart/lines']);

/** The first line of a cart, and nothing before it, makes a guest. */
export const FIRST_LINES: ReadonlySet<string> = new Set(['POST /api/cart/lines', 'POST /cart/lines']);

/** Of what is posted: a key makes one of two, a quantity is set, a quote only reads. The same that nginx asks another replica for. */
const POSTED_TWICE = /^\/(?:api\/orders(?:\/quote)?|checkout|api\/cart\/lines|cart\/lines(?:\/[^/?]+)?)(?:\?|$)/;

/** Whether two of it do what one does: docs/decisions/0005. */
export function mayBeMadeTwice({ method, path }: { method: string; path: string }): boolean {
  return method !== 'POST' || POSTED_TWICE.test(path);
}
