import { createClient } from '@emall/runtime';
import type { paths as CartPaths } from './clients/cart.gen.ts';
import type { paths as CatalogPaths } from './clients/catalog.gen.ts';

const CATALOG_TIMEOUT_MS = 2000;
const CART_TIMEOUT_MS = 1500;

export function createCatalog(baseUrl: string) {
  return createClient<CatalogPaths>({ baseUrl, service: 'catalog', timeoutMs: CATALOG_TIMEOUT_MS });
}

export function createCart(baseUrl: string) {
  return createClient<CartPaths>({ baseUrl, service: 'cart', timeoutMs: CART_TIMEOUT_MS });
}

export type Catalog = ReturnType<typeof createCatalog>;
export type Cart = ReturnType<typeof createCart>;
