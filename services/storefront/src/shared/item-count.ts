import type { FastifyReply } from 'fastify';

const ITEMS = 'emall-cart-items';

/** Cart says how many items it holds; the gateway makes the readable cookie of it that the badge is drawn from. */
export function passItemCount(reply: FastifyReply, { headers }: { headers: { get(name: string): string | null } }): void {
  const items = headers.get(ITEMS);
  if (items !== null) reply.header(ITEMS, items);
}
