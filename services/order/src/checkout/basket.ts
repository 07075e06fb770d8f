import { DEADLINE_HEADER, signed, timeLimit, unavailable } from '@emall/runtime';
import type { FastifyRequest } from 'fastify';
import type { Cart, Catalog } from '../clients.ts';
import { cartChanged, cartEmpty, outOfStock } from '../errors.ts';
import type { OrderLine } from '../orders/queries.ts';
import type { Gone } from './gone.ts';

export interface BasketDeps {
  cart: Cart;
  catalog: Catalog;
  identityKey: Buffer;
  currency: string;
  /** In a rush; none unless given. */
  gone?: Gone;
}

export interface BasketLine {
  sku: string;
  quantity: number;
}

/** A state of the shopper's cart, which can be ordered once. */
export interface Basket {
  version: string;
  lines: BasketLine[];
}

export type PricedLine = OrderLine & { available: number };

export interface Hold {
  orderId: string;
  lines: readonly BasketLine[];
  holdSeconds: number;
  /** Of the checkout that holds, see `Claim`; absent where the order is stored. */
  attempt?: number;
}

/**
 * By how much catalog's hold outlasts the order's: a database or a provider that is away for minutes right after a sale, or
 * at the end of its hold, must not make catalog sell the units to others. What nobody stored is given back by `end-abandoned`.
 */
export const HOLD_MARGIN_S = 900;

export const TOO_FEW = 'There is not as much of it left as your cart wants. Change the cart and try again.';

/** Headers of a call in the shopper's name. Made anew for each call: the time that is left goes along, and shrinks. */
export type Signing = () => Record<string, string>;

/** @param withinMs how long all calls may take together, where the request itself has more time */
export function signing({ identityKey }: Pick<BasketDeps, 'identityKey'>, request: FastifyRequest, withinMs = Number.POSITIVE_INFINITY): Signing {
  const end = performance.now() + timeLimit(withinMs);
  return () => {
    const left = Math.max(0, Math.round(Math.min(request.deadline.remaining(), end - performance.now())));
    return { ...signed({ shopper: request.shopper, caller: 'order', key: identityKey, request }), [DEADLINE_HEADER]: String(left) };
  };
}

/** What the shopper has in the cart. @throws cartEmpty (409), unavailable (503) */
export async function readCart({ cart }: Pick<BasketDeps, 'cart'>, headers: Record<string, string>): Promise<Basket> {
  const asked = await cart.GET('/internal/carts/contents', { headers });
  // A cart from before there were contents, which may be rolled out beside this: it tells them with names and prices.
  const { data, response } = asked.response.status === 404 ? await cart.GET('/api/cart', { headers }) : asked;
  if (!data) throw unexpected('cart', response.status);
  // A cart from before there were versions: two windows could order it twice.
  if (!data.version) throw unavailable({ cause: new Error('cart tells no version: it must be upgraded before order') });
  if (data.lines.length === 0) throw cartEmpty({ detail: 'Put something into the cart first.' });
  return { version: data.version, lines: data.lines.map(({ sku, quantity }) => ({ sku, quantity })) };
}

/** Names and prices as catalog has them now. @throws outOfStock (409) for what is no longer sold, unavailable (503) */
export async function priceLines({ catalog, currency }: Pick<BasketDeps, 'catalog' | 'currency'>, headers: Record<string, string>, lines: BasketLine[]): Promise<PricedLine[]> {
  const { data, response } = await catalog.POST('/internal/prices', { body: { lines }, headers });
  if (!data) throw unexpected('catalog', response.status);
  if (data.unknown.length > 0) {
    throw outOfStock({
      detail: 'Something in the cart is no longer sold. Remove it and try again.',
      extra: { lines: data.unknown.map((sku) => ({ sku, available: 0 })) },
    });
  }
  return data.lines.map(({ sku, name, options, picture, tint, quantity, available, price }) => {
    if (price.currency !== currency) throw new Error(`${sku} is priced in ${price.currency}, the shop sells in ${currency}`);
    return { sku, name, options, picture, tint, quantity, available, price: price.amount };
  });
}

/** @throws outOfStock (409) when there was too little of something when it was priced */
export function refuseShort({ gone }: Pick<BasketDeps, 'gone'>, lines: readonly PricedLine[]): void {
  const short = lines.filter(({ quantity, available }) => available < quantity).map(({ sku, available }) => ({ sku, available }));
  if (short.length === 0) return;
  gone?.tell(short.filter(({ available }) => available === 0).map(({ sku }) => sku));
  throw outOfStock({ detail: TOO_FEW, extra: { lines: short } });
}

/**
 * Takes the units out of sale for this order, all or none, until the hold ends by catalog's clock. Repeating it holds them
 * once, for that long from then.
 * @throws outOfStock, cartChanged (409), unavailable (503)
 */
export async function reserve({ catalog }: Pick<BasketDeps, 'catalog'>, headers: Record<string, string>, { orderId, lines, holdSeconds, attempt }: Hold): Promise<void> {
  const { data, error, response } = await catalog.PUT('/internal/reservations/{orderId}', {
    params: { path: { orderId } },
    body: { lines: lines.map(({ sku, quantity }) => ({ sku, quantity })), holdSeconds, ...(attempt !== undefined && { attempt }) },
    headers,
  });
  if (data) return;
  if (error?.code === 'out-of-stock') {
    throw outOfStock({ detail: TOO_FEW, extra: { lines: error.lines ?? [] } });
  }
  // An earlier run of this checkout reserved other lines, and the cart has changed since.
  if (error?.code === 'reservation-mismatch') throw cartChanged({ detail: 'Look at the cart and order again.' });
  throw unexpected('catalog', response.status);
}

/**
 * Puts back on sale what an order held, or had bought, for good; with an attempt only what that or an earlier one reserved.
 * Repeating it is harmless. @throws unavailable (503)
 */
export async function release({ catalog }: Pick<BasketDeps, 'catalog'>, headers: Record<string, string>, orderId: string, attempt?: number): Promise<void> {
  const query = attempt === undefined ? {} : { attempt };
  const { response } = await catalog.POST('/internal/reservations/{orderId}/release', { params: { path: { orderId }, query }, headers });
  if (!response.ok) throw unexpected('catalog', response.status);
}

/** Takes what was ordered out of the cart; what the shopper has put there since stays. Repeating it is harmless. @throws unavailable (503) */
export async function clear({ cart }: Pick<BasketDeps, 'cart'>, headers: Record<string, string>, { id, lines }: { id: string; lines: readonly BasketLine[] }): Promise<void> {
  const { response } = await cart.POST('/internal/carts/clear', { body: { orderId: id, lines: lines.map(({ sku, quantity }) => ({ sku, quantity })) }, headers });
  if (!response.ok) throw unexpected('cart', response.status);
}

function unexpected(service: string, status: number) {
  return unavailable({ cause: new Error(`${service} answered ${status}`) });
}
