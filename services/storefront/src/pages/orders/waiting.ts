import type { FastifyRequest } from 'fastify';
import type { Deps } from '../../shared/deps.ts';
import { ORDER_ID } from '../../shared/order-id.ts';
import { forwardBriefly } from '../../shared/patience.ts';
import { hasIdentity } from '../../shared/reply.ts';
import type { Order, OrderSummary } from '../../shared/shapes.ts';

/** Placing an order ends an earlier one that waits: it is among the newest. */
const NEWEST = 10;

interface Newest {
  /** Whatever became of it. */
  newest: OrderSummary | undefined;
  /** The newest that can still be paid. */
  waiting: Order | undefined;
}

/** The shopper's own order that can still be paid. A fault here is none. */
export async function findWaiting(request: FastifyRequest, deps: Deps): Promise<Order | undefined> {
  return (await findNewest(request, deps)).waiting;
}

/** The shopper's newest orders, from one list: a page that needs both waits for it once. A fault here is none. */
export async function findNewest(request: FastifyRequest, deps: Deps): Promise<Newest> {
  if (!hasIdentity(request)) return { newest: undefined, waiting: undefined };
  const answer = await deps.order.GET('/api/orders', { params: { query: { limit: NEWEST } }, headers: forwardBriefly(request) }).catch(() => undefined);
  const items = answer?.data?.items ?? [];
  const id = items.find(({ state }) => state === 'awaiting_payment')?.id;
  return { newest: items[0], waiting: id === undefined ? undefined : payable(await findOwn(request, deps, id)) };
}

/** One of the shopper's own orders, whatever became of it. A fault here is none. */
export async function findOwn(request: FastifyRequest, { order }: Deps, id: string): Promise<Order | undefined> {
  if (!hasIdentity(request) || !ORDER_ID.test(id)) return undefined;
  const answer = await order.GET('/api/orders/{id}', { params: { path: { id } }, headers: forwardBriefly(request) }).catch(() => undefined);
  return answer?.data;
}

export function payable(order: Order | undefined): Order | undefined {
  return order?.state === 'awaiting_payment' ? order : undefined;
}

/** What that order holds, which counts as taken wherever stock is told. */
export function heldBy(order: Order | undefined): ReadonlySet<string> {
  return new Set(order?.lines.map(({ sku }) => sku));
}
