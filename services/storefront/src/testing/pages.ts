import { fakeUpstream, type UpstreamHandler } from '@emall/runtime/testing';
import { buildApp } from '../app.ts';
import { createClients } from '../clients/clients.ts';
import { assetsOf } from '../shared/assets.ts';
import { cart, categories, list, order, ORDER_ID, product, quote, waitingOrder } from './data.ts';

const pictures = Object.fromEntries(['2615', '1f455', '1f9fa'].map((name) => [name, `/static/pictures/${name}.webp`]));
const manifest = { 'styles.css': '/static/styles.1a2b.css', 'app.js': '/static/app.1a2b.js', 'favicon.svg': '/static/favicon.1a2b.svg', pictures };

const items = { 'emall-cart-items': '10' };

/** Every service in good health, with a full cart and one order. */
export function healthy(): Record<string, UpstreamHandler> {
  return {
    'GET /api/catalog/categories': () => ({ body: { items: categories } }),
    'GET /api/catalog/products': () => ({ body: list }),
    'GET /api/catalog/products/shirt': () => ({ body: product }),
    'GET /api/catalog/suggestions': () => ({ body: { items: [], words: ['mugs'], categories: [{ slug: 'mugs', name: 'Mugs' }] } }),
    'GET /api/cart': () => ({ body: cart, headers: items }),
    'POST /api/cart/lines': () => ({ body: cart, headers: items }),
    'PUT /api/cart/lines/*': () => ({ body: cart, headers: items }),
    'POST /api/orders/quote': ({ body }) => ({ body: quote((body as { shippingMethod: string }).shippingMethod === 'express' ? 695 : 395) }),
    'GET /api/orders': () => ({ body: { items: [{ id: ORDER_ID, number: order.number, state: order.state, placedAt: order.placedAt, total: order.total, units: 2 }], nextCursor: null } }),
    [`GET /api/orders/${ORDER_ID}`]: () => ({ body: order }),
  };
}

/** What the order service answers to a shopper whose newest order still waits for its payment. */
export function withWaitingOrder(): Record<string, UpstreamHandler> {
  const { id, number, state, placedAt, total } = waitingOrder;
  return {
    'GET /api/orders': () => ({ body: { items: [{ id, number, state, placedAt, total, units: 2 }], nextCursor: null } }),
    [`GET /api/orders/${id}`]: () => ({ body: waitingOrder }),
  };
}

/** The pages with one server in the place of all services. Its handlers may be changed while it runs. */
export async function openPages(handlers: Record<string, UpstreamHandler> = healthy()) {
  const upstream = await fakeUpstream(handlers);
  const clients = createClients({ catalog: upstream.url, cart: upstream.url, order: upstream.url });
  const app = await buildApp({ ...clients, assets: assetsOf(manifest), publicUrl: 'https://shop.example', paymentOrigin: 'https://pay.example', currency: 'GBP' });

  return {
    upstream,
    get: (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers }),
    /** A form as a browser sends it. */
    post: (url: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
      app.inject({
        method: 'POST',
        url,
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        payload: new URLSearchParams(fields).toString(),
      }),
    inject: app.inject.bind(app) as typeof app.inject,
    close: async () => {
      await app.close();
      await clients.close();
      await upstream.close();
    },
  };
}

export type OpenPages = Awaited<ReturnType<typeof openPages>>;
