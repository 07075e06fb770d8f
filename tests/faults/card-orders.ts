import { randomUUID } from 'node:crypto';
import { ADDRESS, ApiShopper } from '../e2e/api.ts';
import { cards } from './drive/pay.ts';
import { Random } from './random.ts';
import { stockUp } from './skus.ts';
import type { Target } from './target.ts';

export interface CardOrder {
  shopper: ApiShopper;
  email: string;
  /** Orders with its one key, to pay by card. */
  order(): Promise<Placed>;
  /** The same, until it is known what became of it. */
  persist(): Promise<Placed>;
}

export interface Placed {
  status: number;
  headers: Headers;
  body: { id: string; payment: { url: string } };
}

/** Shoppers with a filled cart who know what it costs. */
export async function readyToOrder(target: Target, count: number): Promise<CardOrder[]> {
  const prefix = `card${Date.now().toString(36)}`;
  const email = `${prefix}@example.com`;
  const skus = await stockUp(target, new Random(prefix), prefix);
  const sku = skus.find(({ hot }) => !hot)?.sku;
  return Promise.all(Array.from({ length: count }, async () => {
    const shopper = new ApiShopper(target.shop.url);
    await shopper.persist('POST', '/api/cart/lines', { sku, quantity: 1 }, randomUUID());
    const delivery = { address: ADDRESS, shippingMethod: 'standard' };
    const { body: { total } } = await shopper.persist<{ total: object }>('POST', '/api/orders/quote', delivery);
    const key = randomUUID();
    const wish = { ...delivery, email, paymentMethod: 'card', expectedTotal: total };
    return {
      shopper,
      email,
      order: () => shopper.call<Placed['body']>('POST', '/api/orders', wish, { 'idempotency-key': key }),
      persist: () => shopper.persist<Placed['body']>('POST', '/api/orders', wish, key),
    };
  }));
}

/** On the provider's page. What it said: where it sends a shopper who has paid is not its own page. */
export async function payFor({ body }: Placed): Promise<'paid' | number> {
  const { origin, pathname } = new URL(body.payment.url);
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const { status, headers: answer } = await fetch(`${origin}${pathname}`, { method: 'POST', redirect: 'manual', headers, body: `quick=1&number=${cards.good}`, signal: AbortSignal.timeout(10_000) });
  return status === 303 && answer.get('location')?.startsWith('/pay/') === false ? 'paid' : status;
}
