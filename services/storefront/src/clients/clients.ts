import { type ClientOptions, createClient } from '@emall/runtime';
import type { paths as CartPaths } from './cart.gen.ts';
import type { paths as CatalogPaths } from './catalog.gen.ts';
import type { paths as OrderPaths } from './order.gen.ts';

export type Catalog = ReturnType<typeof createClient<CatalogPaths>>;
export type CartService = ReturnType<typeof createClient<CartPaths>>;
export type OrderService = ReturnType<typeof createClient<OrderPaths>>;

/** The services that pages are made from. */
export interface Clients {
  catalog: Catalog;
  cart: CartService;
  order: OrderService;
}

/** Browsing gives up before nginx does (2 s) and before a shopper would; checkout may take its time. */
export function createClients(urls: { catalog: string; cart: string; order: string }, guard: Pick<ClientOptions, 'log' | 'guarded'> = {}): Clients & { close(): Promise<void> } {
  const catalog = createClient<CatalogPaths>({ ...guard, baseUrl: urls.catalog, service: 'catalog', timeoutMs: 1800 });
  const cart = createClient<CartPaths>({ ...guard, baseUrl: urls.cart, service: 'cart', timeoutMs: 2500 });
  const order = createClient<OrderPaths>({ ...guard, baseUrl: urls.order, service: 'order', timeoutMs: 5800 });
  return {
    catalog,
    cart,
    order,
    close: async () => {
      await Promise.all([catalog.close(), cart.close(), order.close()]);
    },
  };
}
