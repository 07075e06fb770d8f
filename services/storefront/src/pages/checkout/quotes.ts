import { createHash } from 'node:crypto';
import { forward } from '@emall/runtime';
import type { FastifyRequest } from 'fastify';
import type { OrderService } from '../../clients/clients.ts';
import { isCountry } from '../../shared/countries.ts';
import { SHIPPING_METHODS, type ShippingMethod } from '../../shared/delivery.ts';
import { unexpected } from '../../shared/reply.ts';
import type { Quote } from '../../shared/shapes.ts';
import type { CheckoutValues } from './form.ts';

/** What the cart costs, by way of delivery: with all of them on the page the total follows the choice without asking again. */
export type Quotes = Record<ShippingMethod, Quote>;

/** The cart has to be looked at first: it is empty, or a line cannot be ordered as it is. */
export class NeedsCart extends Error {
  readonly why: 'empty' | 'short';

  constructor(why: 'empty' | 'short') {
    super(why);
    this.why = why;
  }
}

/** Which lines these are, whatever they cost; short enough for a field of the form. */
export function markOf({ lines }: Pick<Quote, 'lines'>): string {
  const text = lines.map(({ sku, quantity }) => `${sku} ${quantity}`).sort().join('\n');
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}

export async function askQuotes(order: OrderService, values: CheckoutValues, request: FastifyRequest): Promise<Quotes> {
  const quotes = await Promise.all(SHIPPING_METHODS.map((method) => askQuote(order, values, method, request)));
  return Object.fromEntries(SHIPPING_METHODS.map((method, index) => [method, quotes[index]])) as Quotes;
}

async function askQuote(order: OrderService, { country }: CheckoutValues, shippingMethod: ShippingMethod, request: FastifyRequest): Promise<Quote> {
  const { data, error, response } = await order.POST('/api/orders/quote', {
    body: { address: isCountry(country) ? { country } : {}, shippingMethod },
    headers: forward(request),
  });
  if (!data) {
    if (response.status === 401 || error?.code === 'cart-empty') throw new NeedsCart('empty');
    if (response.status === 409) throw new NeedsCart('short');
    throw unexpected(response.status, error);
  }
  if (data.lines.length === 0) throw new NeedsCart('empty');
  if (data.lines.some(({ available, quantity }) => available < quantity)) throw new NeedsCart('short');
  return data;
}
