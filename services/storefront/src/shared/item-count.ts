import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Deps } from './deps.ts';
import { forwardBriefly } from './patience.ts';
import { hasIdentity } from './reply.ts';
import type { Cart, Quote } from './shapes.ts';

const ITEMS = 'emall-cart-items';

/** Cart says how many items it holds; the gateway makes the readable cookie of it that the badge is drawn from. */
export function passItemCount(reply: FastifyReply, { headers }: { headers: { get(name: string): string | null } }): void {
  const items = headers.get(ITEMS);
  if (items !== null) reply.header(ITEMS, items);
}

/** The same, where the lines are known from elsewhere. */
export function tellItemCount(reply: FastifyReply, counted: Pick<Quote, 'lines'>): void {
  reply.header(ITEMS, String(itemsIn(counted)));
}

export function itemsIn({ lines }: { lines: readonly { quantity: number }[] }): number {
  return lines.reduce((sum, { quantity }) => sum + quantity, 0);
}

/** For a page about something else, with the cart that was counted. Without an answer the badge stays as it is. */
export async function countItems(request: FastifyRequest, reply: FastifyReply, { cart }: Deps): Promise<Cart | undefined> {
  if (!hasIdentity(request)) return undefined;
  const answer = await cart.GET('/api/cart', { headers: forwardBriefly(request) }).catch(() => undefined);
  if (answer?.data) passItemCount(reply, answer.response);
  return answer?.data;
}
