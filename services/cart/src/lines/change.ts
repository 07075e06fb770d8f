import { isUniqueViolation } from '@emall/runtime';
import type { FastifyRequest } from 'fastify';
import { type Variant, fetchVariants } from '../catalog.ts';
import type { CartDeps } from '../carts/routes.ts';
import { readCart, type StoredCart, type StoredLine } from '../carts/queries.ts';
import { type Cart, MAX_LINES, MAX_QUANTITY } from '../carts/schema.ts';
import { showCart } from '../carts/show.ts';
import { cartFull, idempotencyKeyReused, quantityLimit, soldOut, unknownSku } from '../errors.ts';
import { addLine, type Changed, removeLine, setLine } from './queries.ts';

interface Change {
  sku: string;
  quantity: number;
}

/** Adds pieces to a line. Fewer in stock than wanted is said by the line; none in stock refuses. */
export async function add(deps: CartDeps, request: FastifyRequest, { sku, quantity }: Change, key: string | undefined): Promise<Cart> {
  const { db } = deps;
  const { shopper } = request;
  const before = await readCart(db, shopper, key);
  if (before.added) return repeat(deps, request, before, { sku, quantity });

  const variants = await fetchVariants(deps.catalog, request, skusOf(before.lines, sku));
  const variant = variants.get(sku) ?? refuseUnknown(sku);
  if (variant.available === 0) throw soldOut({ detail: `${variant.name} is sold out.`, extra: { sku, available: 0 } });

  try {
    const changed = await addLine(db, shopper, toStored(variant, quantity), key);
    if (!changed) {
      const now = await readCart(db, shopper, key);
      // The limit may have been reached by this very add, which came twice at once.
      if (now.added) return await repeat(deps, request, now, { sku, quantity });
      throw limitOf(now, variant);
    }
    return await showAfter(deps, request, before, variants, changed);
  } catch (error) {
    if (isUniqueViolation(error, 'cart_add_pkey')) return repeat(deps, request, await readCart(db, shopper, key), { sku, quantity });
    throw error;
  }
}

/** Sets the quantity of a line, or makes it; 0 removes it. Either way the shopper has seen the price of today. */
export async function set(deps: CartDeps, request: FastifyRequest, { sku, quantity }: Change): Promise<Cart> {
  const { db } = deps;
  const { shopper } = request;
  const before = await readCart(db, shopper);
  const known = before.lines.some((line) => line.sku === sku);
  if (quantity === 0) return known ? remove(deps, request, before, sku) : show(deps, request, before);

  const variants = await fetchVariants(deps.catalog, request, skusOf(before.lines, sku));
  const variant = variants.get(sku) ?? refuseUnknown(sku);
  if (!known && variant.available === 0) throw soldOut({ detail: `${variant.name} is sold out.`, extra: { sku, available: 0 } });

  const changed = await setLine(db, shopper, toStored(variant, quantity));
  if (!changed) throw cartFull({ detail: FULL });
  return showAfter(deps, request, before, variants, changed);
}

async function remove(deps: CartDeps, request: FastifyRequest, before: StoredCart, sku: string): Promise<Cart> {
  const rest = before.lines.filter((line) => line.sku !== sku);
  // Asked first: a change whose answer cannot be shown is not made.
  const variants = await fetchVariants(deps.catalog, request, skusOf(rest));
  const removed = await removeLine(deps.db, request.shopper, sku);
  if (removed?.changes !== before.changes + 1) return show(deps, request, await readCart(deps.db, request.shopper));
  return showCart({ version: removed.version, lines: rest }, variants, deps.currency);
}

/** The same key again: the same add changes nothing more, another one is a mistake of the client. */
async function repeat(deps: CartDeps, request: FastifyRequest, { added, ...cart }: StoredCart, { sku, quantity }: Change): Promise<Cart> {
  if (added?.sku !== sku || added.quantity !== quantity) throw idempotencyKeyReused();
  return show(deps, request, cart);
}

/** The cart with the change in it, without another look at the database unless somebody else changed it meanwhile. */
async function showAfter(deps: CartDeps, request: FastifyRequest, before: StoredCart, variants: Map<string, Variant>, { line, changes, version }: Changed): Promise<Cart> {
  if (changes !== before.changes + 1) return show(deps, request, await readCart(deps.db, request.shopper));
  const known = before.lines.some(({ sku }) => sku === line.sku);
  const lines = known ? before.lines.map((each) => (each.sku === line.sku ? line : each)) : [...before.lines, line];
  return showCart({ version, lines }, variants, deps.currency);
}

async function show({ catalog, currency }: CartDeps, request: FastifyRequest, cart: Pick<StoredCart, 'version' | 'lines'>): Promise<Cart> {
  return showCart(cart, await fetchVariants(catalog, request, skusOf(cart.lines)), currency);
}

const FULL = `A cart holds at most ${MAX_LINES} different things. Take something out first.`;

function limitOf({ lines }: StoredCart, { sku, name }: Variant) {
  const line = lines.find((each) => each.sku === sku);
  if (!line) return cartFull({ detail: FULL });
  return quantityLimit({
    detail: `At most ${MAX_QUANTITY} of ${name} can be ordered at once, and ${line.quantity} are in the cart.`,
    extra: { sku, quantity: line.quantity, limit: MAX_QUANTITY },
  });
}

function refuseUnknown(sku: string): never {
  throw unknownSku({ detail: `There is nothing with the SKU ${sku}.`, extra: { errors: [{ field: 'sku', reason: 'is not known' }] } });
}

function skusOf(lines: readonly StoredLine[], more?: string): string[] {
  return [...new Set([...lines.map(({ sku }) => sku), ...(more === undefined ? [] : [more])])];
}

function toStored({ sku, name, price }: Variant, quantity: number): StoredLine {
  return { sku, quantity, name, priceAmount: price.amount, priceCurrency: price.currency };
}
