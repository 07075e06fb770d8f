import { type Links, linkHash, orderIdOf, orderNumber } from '../orders/identifiers.ts';
import type { Claim } from '../keys/queries.ts';
import type { NewOrder } from '../orders/queries.ts';
import type { PaymentProvider } from '../payments/provider.ts';
import { tidyAddress } from './delivery.ts';
import type { OrderRequest, Placed, Quote } from './schema.ts';
import { money } from './totals.ts';

export interface NewOrderDeps {
  links: Links;
  currency: string;
  holdSeconds: number;
  provider: Pick<PaymentProvider, 'name'>;
}

/** What was agreed: lines and totals as quoted, of this state of the cart. */
export interface Agreed {
  cartVersion: string;
  lines: NewOrder['lines'];
  quote: Quote;
}

export function toOrder({ links, currency, holdSeconds, provider }: NewOrderDeps, claim: Claim, body: OrderRequest, { cartVersion, lines, quote }: Agreed): NewOrder {
  const id = orderIdOf(claim.shopper, claim.key);
  const onDelivery = body.paymentMethod === 'on_delivery';
  return {
    id,
    shopper: claim.shopper,
    cartVersion,
    state: onDelivery ? 'accepted' : 'awaiting_payment',
    email: body.email,
    address: tidyAddress(body.address),
    shippingMethod: body.shippingMethod,
    paymentMethod: body.paymentMethod,
    currency,
    items: quote.items.amount,
    shipping: quote.shipping.amount,
    tax: quote.tax.amount,
    total: quote.total.amount,
    linkHash: linkHash(links.keyOf(id)),
    holdSeconds: onDelivery ? null : holdSeconds,
    provider: onDelivery ? null : provider.name,
    lines,
  };
}

export function placed(links: Links, order: Pick<NewOrder, 'id' | 'state' | 'total' | 'currency' | 'paymentMethod'>, url?: string): Placed {
  const { id, state, total, currency, paymentMethod: method } = order;
  return {
    id,
    number: orderNumber(id),
    state,
    total: money(total, currency),
    payment: { method, ...(url !== undefined && { url }) },
    link: links.urlOf(id),
  };
}
