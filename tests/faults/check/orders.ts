import { type Checkout, type Facts, isLive, isSold, outcomeOf, sameLines } from './facts.ts';
import { type Violation, violated, when } from './violation.ts';

const name = ({ shopper, key }: Checkout) => `key ${key} of ${shopper}`;

/** I5: a key makes one order at most, and every definite answer to it is the same, byte for byte. */
export function oneOrderForEachKey({ checkouts, world: { after } }: Facts): Violation[] {
  const made = new Set(checkouts.flatMap(({ orders }) => orders));
  return [
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

/** I6: whatever was acknowledged is there in the end, as it was acknowledged. */
export function acknowledgedIsDurable({ checkouts, order: find, buyerOf, world: { calls } }: Facts): Violation[] {
  const cancelled = new Set(calls.filter(({ kind, outcome }) => kind === 'cancel' && outcome !== 'fail').map(({ order }) => order));
  return checkouts.flatMap((checkout) => {
    const ok = checkout.calls.find(({ outcome }) => outcome === 'ok');
    if (ok?.ask === undefined) return [];
    const { ask, lines = [], total, order: id = '' } = ok;
    const order = find(id);
    const said = (what: string) => violated('I6', `${name(checkout)} was answered with order ${id}, which ${what}`);
    if (order === undefined) return [said('is not there')];
    const buyer = buyerOf(checkout.shopper);
    const mayHaveEnded = order.paymentMethod === 'card' || cancelled.has(id);
    return [
      when(!isSold(order) && !mayHaveEnded, said(`is ${order.state}, and nobody cancelled it`)),
      when(order.email !== ask.email || order.name !== ask.name || order.line1 !== ask.line1, said(`goes to ${order.name}, ${order.line1}, ${order.email}`)),
      when(buyer !== undefined && order.buyer !== buyer, said(`belongs to ${order.buyer} and not to ${buyer}`)),
      when(order.paymentMethod !== ask.paymentMethod || order.shippingMethod !== ask.shippingMethod, said(`is ${order.paymentMethod}, ${order.shippingMethod}`)),
      when(!sameLines(order.lines, lines), said(`has the lines ${JSON.stringify(order.lines)} instead of ${JSON.stringify(lines)}`)),
      when(order.total !== ask.expectedTotal.amount || order.currency !== ask.expectedTotal.currency, said(`costs ${order.total} ${order.currency} instead of ${ask.expectedTotal.amount}`)),
      when(total?.amount !== ask.expectedTotal.amount, said(`was said to cost ${total?.amount} instead of ${ask.expectedTotal.amount}`)),
    ].flat();
  });
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
