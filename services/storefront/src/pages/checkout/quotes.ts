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
export class NeedsCart extends Error {}

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
    if (response.status === 401 || response.status === 409) throw new NeedsCart();
    throw unexpected(response.status, error);
  }
  if (data.lines.length === 0 || data.lines.some(({ available, quantity }) => available < quantity)) throw new NeedsCart();
  return data;
}
