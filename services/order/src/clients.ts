import { type ClientOptions, createClient } from '@emall/runtime';
import type { paths as CartPaths } from './clients/cart.gen.ts';
import type { paths as CatalogPaths } from './clients/catalog.gen.ts';

/** nginx asks another replica after 1.5 s: that answer must still be waited for. */
const TIMEOUT_MS = 2000;

type Guard = Pick<ClientOptions, 'log' | 'guarded'>;

export function createCatalog(baseUrl: string, guard: Guard = {}) {
  return createClient<CatalogPaths>({ ...guard, baseUrl, service: 'catalog', timeoutMs: TIMEOUT_MS });
}

export function createCart(baseUrl: string, guard: Guard = {}) {
  return createClient<CartPaths>({ ...guard, baseUrl, service: 'cart', timeoutMs: TIMEOUT_MS });
}

export type Catalog = ReturnType<typeof createCatalog>;
export type Cart = ReturnType<typeof createCart>;
