import { money } from '../checkout/totals.ts';
import type { OrderState } from '../database.ts';
import { orderNumber } from './identifiers.ts';
import type { Order, OrderSummary } from './queries.ts';
import type { OrderList, OrderView } from './schema.ts';

const CANCELLABLE: ReadonlySet<OrderState> = new Set(['awaiting_payment', 'accepted']);

export function isCancellable({ state }: { state: OrderState }): boolean {
  return CANCELLABLE.has(state);
}

export function toView(order: Order): OrderView {
  const { id, state, currency, payment, hold_until: holdUntil } = order;
  const waits = state === 'awaiting_payment';
  return {
    id,
    number: orderNumber(id),
    state,
    placedAt: order.placed_at.toISOString(),
    email: order.email,
    address: order.address,
    shippingMethod: order.shipping_method as OrderView['shippingMethod'],
    lines: order.lines.map(({ price, picture, ...line }) => ({
      ...line,
      picture: picture && { ...picture, recolour: picture.recolour ?? null },
      price: money(price, currency),
      total: money(price * line.quantity, currency),
    })),
    items: money(order.items, currency),
    shipping: money(order.shipping, currency),
    tax: money(order.tax, currency),
    total: money(order.total, currency),
    payment: {
      method: order.payment_method,
      ...(payment && { state: payment.state }),
      ...(waits && payment?.url && { url: payment.url }),
      ...(waits && holdUntil && { payUntil: holdUntil.toISOString() }),
      ...(payment && payment.refunded > 0 && { refunded: money(payment.refunded, currency) }),
      ...(order.refunds && { refunds: order.refunds.map(toRefund) }),
    },
    cancellable: isCancellable(order),
  };
}

function toRefund({ amount, currency, state, requested_at: at }: NonNullable<Order['refunds']>[number]) {
  return { amount: money(amount, currency), state, at: new Date(at).toISOString() };
}

export function toList(found: OrderSummary[], limit: number): OrderList {
  const items = found.slice(0, limit).map(toSummary);
  return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
}

function toSummary({ id, state, total, currency, placed_at: placedAt, units, refunded }: OrderSummary): OrderList['items'][number] {
  return {
    id,
    number: orderNumber(id),
    state,
    placedAt: placedAt.toISOString(),
    total: money(total, currency),
    ...(refunded !== null && refunded > 0 && { refunded: money(refunded, currency) }),
    units,
  };
}
