import { unavailable } from '@emall/runtime';
import type { Database } from '../database.ts';
import { alreadyOrdered } from '../errors.ts';
import type { Standing } from '../keys/queries.ts';
import { type Links, orderNumber } from '../orders/identifiers.ts';
import { getOrder, markCleared } from '../orders/queries.ts';
import { type Basket, type BasketDeps, clear, readCart, type Signing } from './basket.ts';

/** Somebody waits for the answer. */
const MOST_AT_ONCE = 5;

export interface TakeCartDeps extends BasketDeps {
  db: Database;
  links: Links;
}

/**
 * What there is to order. Where an earlier order is still in the cart, because the job that takes it out has not come to
 * it, it is taken out first: nothing is ordered twice because somebody was quick.
 * @throws alreadyOrdered (409) when nothing has changed since that order, cartEmpty (409), unavailable (503)
 */
export async function takeCart(deps: TakeCartDeps, headers: Signing, { inCart }: Standing): Promise<Basket> {
  const basket = await readCart(deps, headers());
  if (inCart.length === 0) return basket;
  const same = inCart.find(({ cartVersion }) => cartVersion === basket.version);
  if (same) throw orderedAs(deps.links, same.id);
  for (const { id } of inCart.slice(0, MOST_AT_ONCE)) {
    await clear(deps, headers(), await getOrder(deps.db, id));
    await markCleared(deps.db, id);
  }
  // A repeat goes on with the rest.
  if (inCart.length > MOST_AT_ONCE) throw unavailable({ cause: new Error(`${inCart.length} earlier orders were still in the cart`) });
  return await readCart(deps, headers());
}

/** The refusal that leads to the order which has this cart. */
function orderedAs(links: Links, id: string) {
  const number = orderNumber(id);
  return alreadyOrdered({
    detail: `This cart is your order ${number} already, so nothing more was ordered.`,
    extra: { order: { id, number, link: links.urlOf(id) } },
  });
}
