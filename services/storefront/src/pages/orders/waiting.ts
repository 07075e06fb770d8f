import type { FastifyRequest } from 'fastify';
import type { Deps } from '../../shared/deps.ts';
import { ORDER_ID } from '../../shared/order-id.ts';
import { forwardBriefly } from '../../shared/patience.ts';
import { hasIdentity } from '../../shared/reply.ts';
import type { Order, OrderSummary } from '../../shared/shapes.ts';

/** Placing an order ends an earlier one that waits: it is among the newest. */
const NEWEST = 10;

/** The shopper's own order that can still be paid: the one that is named, or the newest. A fault here is none. */
export async function findWaiting(request: FastifyRequest, { order }: Deps, named = ''): Promise<Order | undefined> {
  if (!hasIdentity(request)) return undefined;
  const headers = forwardBriefly(request);
  try {
    const id = ORDER_ID.test(named) ? named : await newestWaiting();
    if (id === undefined) return undefined;
    const { data } = await order.GET('/api/orders/{id}', { params: { path: { id } }, headers });
    return data?.state === 'awaiting_payment' ? data : undefined;
  } catch {
    return undefined;
  }

  async function newestWaiting(): Promise<string | undefined> {
    const { data } = await order.GET('/api/orders', { params: { query: { limit: NEWEST } }, headers });
    return data?.items.find(({ state }) => state === 'awaiting_payment')?.id;
  }
}

/** The shopper's newest order, whatever became of it. A fault here is none. */
export async function findNewest(request: FastifyRequest, { order }: Deps): Promise<OrderSummary | undefined> {
  if (!hasIdentity(request)) return undefined;
  const answer = await order.GET('/api/orders', { params: { query: { limit: 1 } }, headers: forwardBriefly(request) }).catch(() => undefined);
  return answer?.data?.items[0];
}

/** What that order holds, which counts as taken wherever stock is told. */
export function heldBy(order: Order | undefined): ReadonlySet<string> {
  return new Set(order?.lines.map(({ sku }) => sku));
}
