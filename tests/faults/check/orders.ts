import type { Ask } from '../history/call.ts';
import type { LineRow, OrderRow } from '../history/rows.ts';
import { type Checkout, type Facts, isLive, outcomeOf, sameLines } from './facts.ts';
import { type Violation, violated, when } from './violation.ts';

const name = ({ shopper, key }: Checkout) => `key ${key} of ${shopper}`;

/** I5: a key makes one order at most, and every definite answer to it is the same, byte for byte. */
export function oneOrderForEachKey({ checkouts, world: { after } }: Facts): Violation[] {
  const made = new Set(checkouts.flatMap(({ orders }) => orders));
  const ofCaller = Map.groupBy(checkouts, ({ shopper, key }) => `${shopper} ${key}`);
  return [
    [...ofCaller.values()].flatMap((payloads) => {
      const live = payloads.flatMap(({ orders }) => orders).filter(isLive);
      return payloads.slice(0, 1).flatMap((checkout) => when(payloads.length > 1 && live.length > 1, violated('I5', `${name(checkout)} made orders of ${live.length} payloads: ${live.map(({ id }) => id).join(', ')}`)));
    }),
    checkouts.flatMap((checkout) => {
      const definite = checkout.calls.filter(({ outcome, code }) => outcome !== 'info' && code !== 'idempotency-key-reused');
      const bodies = [...new Set(definite.map(({ status, body }) => `${status} ${body}`))];
      const answered = new Set(definite.flatMap(({ order }) => order ?? []));
      const others = checkout.orders.filter(({ id }) => answered.size > 0 && !answered.has(id));
      return [
        when(checkout.orders.length > 1, violated('I5', `${name(checkout)} made ${checkout.orders.length} orders: ${checkout.orders.map(({ id, state }) => `${id} ${state}`).join(', ')}`)),
        when(bodies.length > 1, violated('I5', `${name(checkout)} was answered in ${bodies.length} ways: ${bodies.join(' | ').slice(0, 400)}`)),
        when(answered.size > 1, violated('I5', `${name(checkout)} was answered with the orders ${[...answered].join(', ')}`)),
        others.map(({ id }) => violated('I5', `${name(checkout)} was answered with order ${[...answered].join(', ')}, and made ${id}`)),
      ].flat();
    }),
    after.orders.filter((order) => !made.has(order)).map(({ id, line1 }) => violated('I5', `nobody asked for order ${id} to ${line1}`)),
  ].flat();
}

/** I6: whatever was acknowledged is there in the end; and every order, acknowledged or not, is what was asked for. */
export function acknowledgedIsDurable({ checkouts, order: find, buyerOf }: Facts): Violation[] {
  return checkouts.flatMap((checkout) => {
    const { calls, orders, shopper } = checkout;
    const buyer = buyerOf(shopper);
    const { ask, lines = [] } = calls[0] ?? {};
    const ok = calls.find(({ outcome }) => outcome === 'ok');
    const answered = ok && find(ok.order ?? '');
    const said = (id: string | undefined, what: string) => violated('I6', `${name(checkout)} made order ${id}, which ${what}`);
    return [
      when(ok !== undefined && answered === undefined, said(ok?.order, 'is not there')),
      when(ok !== undefined && ok.total?.amount !== ask?.expectedTotal.amount, said(ok?.order, `was said to cost ${ok?.total?.amount} instead of ${ask?.expectedTotal.amount}`)),
      [...new Set([...orders, ...(answered ? [answered] : [])])].flatMap((order) => [
        when(buyer !== undefined && order.buyer !== buyer, said(order.id, `belongs to ${order.buyer} and not to ${buyer}`)),
        (ask ? otherThanAsked(order, ask, lines) : []).map((what) => said(order.id, what)),
      ].flat()),
    ].flat();
  });
}

function otherThanAsked(order: OrderRow, ask: Ask, lines: readonly LineRow[]): string[] {
  const { amount, currency } = ask.expectedTotal;
  return [
    when(order.email !== ask.email || order.name !== ask.name || order.line1 !== ask.line1, `goes to ${order.name}, ${order.line1}, ${order.email}`),
    when(order.paymentMethod !== ask.paymentMethod || order.shippingMethod !== ask.shippingMethod, `is ${order.paymentMethod}, ${order.shippingMethod}`),
    when(!sameLines(order.lines, lines), `has the lines ${JSON.stringify(order.lines)} instead of ${JSON.stringify(lines)}`),
    when(order.total !== amount || order.currency !== currency, `costs ${order.total} ${order.currency} instead of ${amount} ${currency}`),
  ].flat();
}

/** I7: what was refused has had no effect, also when an answer before the refusal was lost. */
export function refusedHasNoEffect({ checkouts, charged, returned, world: { after } }: Facts): Violation[] {
  const holds = new Map(after.reservations.map(({ order, state }) => [order, state]));
  return checkouts.flatMap((checkout) => {
    const refusal = checkout.calls.find(({ outcome }) => outcome === 'fail');
    if (refusal === undefined || outcomeOf(checkout.calls) === 'ok') return [];
    return checkout.orders.flatMap((order) => {
      const { id, state } = order;
      const net = charged(id) - returned(id);
      const hold = holds.get(id) ?? 'released';
      const said = (what: string) => violated('I7', `${name(checkout)} was refused (${refusal.code}), and order ${id} ${what}`);
      return [when(isLive(order), said(`is ${state}`)), when(net !== 0, said(`was charged ${net}`)), when(hold !== 'released', said(`has its stock ${hold}`))].flat();
    });
  });
}
