import { type ClientOptions, createClient } from '@emall/runtime';
import type { paths as CartPaths } from './clients/cart.gen.ts';
import type { paths as CatalogPaths } from './clients/catalog.gen.ts';

const CATALOG_TIMEOUT_MS = 2000;
const CART_TIMEOUT_MS = 1500;

type Guard = Pick<ClientOptions, 'log' | 'guarded'>;

export function createCatalog(baseUrl: string, guard: Guard = {}) {
  return createClient<CatalogPaths>({ ...guard, baseUrl, service: 'catalog', timeoutMs: CATALOG_TIMEOUT_MS });
}

export function createCart(baseUrl: string, guard: Guard = {}) {
  return createClient<CartPaths>({ ...guard, baseUrl, service: 'cart', timeoutMs: CART_TIMEOUT_MS });
}

export type Catalog = ReturnType<typeof createCatalog>;
export type Cart = ReturnType<typeof createCart>;
