import type { World } from './load/operations.ts';
import type { Worlds } from './shop/catalogue.ts';

/** Which protections are left out while a row is measured, as EMALL_WITHOUT names them. */
export type Posture = '' | 'edge-cache' | 'edge-cache,cache';

export type LimitName = 'nginx-file' | 'nginx-proxy' | 'route' | 'http-proxy' | 'same-sql' | 'least-order-sql' | 'least-cart-sql';

/** What is to be reached, from docs/performance/README.md. */
export interface Budget {
  /** CPU of one operation. */
  ms?: number;
  /** CPU of one operation, as a multiple of the limit's. */
  ratio?: number;
  statements?: number;
  flushes?: number;
}

export interface Row {
  name: string;
  posture: Posture;
  operation: string;
  world(worlds: Worlds): World;
  /** Whose CPU counts; all of the shop unless said. The payment sandbox never does: it stands for somebody else's machine. */
  of?: string;
  /** `after`: what follows the operation is measured with it. `held`: it is kept from running. */
  jobs?: 'after' | 'held';
  limit?: LimitName;
  budget?: Budget;
  /** Its orders wait for a payment that nobody will make. */
  leavesUnpaid?: true;
  /** Also counts statements. */
  counted?: true;
  /** Requests at once, where nginx alone answers. */
  concurrency?: number;
  /** Things there are for one round. */
  most?: number;
}

const MISS: Posture = '';
const BEHIND_EDGE: Posture = 'edge-cache';
const UNCACHED: Posture = 'edge-cache,cache';

/** In each posture the rows follow one another on one start of the shop. */
export const rows: readonly Row[] = [
  { name: 'cached page (product)', posture: '', operation: 'get', world: (worlds) => worlds.page, limit: 'nginx-file', budget: { ratio: 1.3 }, concurrency: 32 },
  { name: 'cached page (category)', posture: '', operation: 'get', world: (worlds) => worlds.listingPage, limit: 'nginx-file', budget: { ratio: 1.3 }, concurrency: 32 },
  { name: 'cached answer, product', posture: '', operation: 'get', world: (worlds) => worlds.oneProduct, budget: { ms: 0.05 }, concurrency: 32 },
  { name: 'cached answer, listing', posture: '', operation: 'get', world: (worlds) => worlds.oneListing, budget: { ms: 0.05 }, concurrency: 32 },
  { name: 'page of a product, new to every cache', posture: MISS, operation: 'get', world: (worlds) => worlds.pages },
  { name: 'product, new to every cache', posture: MISS, operation: 'get', world: (worlds) => worlds.products, budget: { ms: 2, statements: 1 }, counted: true },
  { name: 'listing with a price, new to every cache', posture: MISS, operation: 'get', world: (worlds) => worlds.listings, budget: { ms: 3, statements: 2 }, counted: true, most: 2000 },
  { name: 'search with a price, new to every cache', posture: MISS, operation: 'get', world: (worlds) => worlds.searches, budget: { ms: 5, statements: 2 }, counted: true, most: 2000 },
  { name: 'cart write', posture: '', operation: 'cartWrite', world: (worlds) => worlds.shoppers, limit: 'least-cart-sql', budget: { ms: 2, statements: 2 }, counted: true, most: 1500 },
  { name: 'order on delivery, the call alone', posture: '', operation: 'orderOnDelivery', world: (worlds) => worlds.shoppers, jobs: 'held', limit: 'least-order-sql', budget: { ms: 5, statements: 10, flushes: 2 }, counted: true, most: 500 },
  { name: 'order on delivery, with what follows', posture: '', operation: 'orderOnDelivery', world: (worlds) => worlds.shoppers, jobs: 'after', counted: true, most: 500 },
  { name: 'order by card, the call alone', posture: '', operation: 'orderByCard', world: (worlds) => worlds.shoppers, jobs: 'held', leavesUnpaid: true, most: 500 },
  { name: 'journey on delivery: two adds, total, order, look, and what follows', posture: '', operation: 'journey', world: (worlds) => worlds.shoppers, jobs: 'after', budget: { ms: 8 }, counted: true, most: 500 },
  { name: 'journey by card: the same, and paid', posture: '', operation: 'journeyByCard', world: (worlds) => worlds.shoppers, jobs: 'after', most: 300 },
  { name: 'mixed journeys, one step', posture: '', operation: 'mixed', world: (worlds) => worlds.shoppers, jobs: 'after' },

  { name: 'gateway, one proxied request', posture: BEHIND_EDGE, operation: 'get', world: (worlds) => worlds.oneProduct, of: 'gateway', limit: 'http-proxy', budget: { ms: 0.25 } },
  { name: 'nginx, one proxied request (two hops)', posture: BEHIND_EDGE, operation: 'get', world: (worlds) => worlds.oneProduct, of: 'nginx', limit: 'nginx-proxy' },
  { name: 'product, nginx cold', posture: BEHIND_EDGE, operation: 'getAgain', world: (worlds) => worlds.fewProducts, limit: 'route', budget: { ms: 1 }, most: 1000 },
  { name: 'listing, nginx cold', posture: BEHIND_EDGE, operation: 'getAgain', world: (worlds) => worlds.listings, limit: 'route', budget: { ms: 1 }, most: 1000 },
  { name: 'search, nginx cold', posture: BEHIND_EDGE, operation: 'getAgain', world: (worlds) => worlds.searches, limit: 'route', budget: { ms: 1 }, most: 1000 },

  // Without a cache the tree of categories is read as well, each time: one statement more than a shopper ever causes.
  { name: 'product, uncached', posture: UNCACHED, operation: 'get', world: (worlds) => worlds.products, limit: 'same-sql', budget: { ms: 2 } },
  { name: 'listing of a category, uncached', posture: UNCACHED, operation: 'get', world: (worlds) => worlds.categories, limit: 'same-sql', budget: { ms: 3 } },
  { name: 'listing with a price, uncached', posture: UNCACHED, operation: 'get', world: (worlds) => worlds.listings, limit: 'same-sql', budget: { ms: 3 } },
  { name: 'search for a word, uncached', posture: UNCACHED, operation: 'get', world: (worlds) => worlds.plainSearches, limit: 'same-sql', budget: { ms: 5 } },
  { name: 'search with a slip of the finger, uncached', posture: UNCACHED, operation: 'get', world: (worlds) => worlds.misspelt, limit: 'same-sql', budget: { ms: 5 } },
  ...Array.from({ length: 10 }, (_, decile): Row => ({
    name: `search, words of decile ${decile + 1}, uncached`,
    posture: UNCACHED,
    operation: 'get',
    world: (worlds) => worlds.decile(decile),
    budget: { ms: 5 },
  })),
  { name: 'page of a product, uncached', posture: UNCACHED, operation: 'get', world: (worlds) => worlds.pages },
];
