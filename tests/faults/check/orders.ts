import { type Checkout, type Facts, isLive, isSold, outcomeOf, sameLines } from './facts.ts';
import { type Violation, violated } from './violation.ts';

const name = ({ shopper, key }: Checkout) => `key ${key} of ${shopper}`;

/** I5: a key makes one order at most, and every definite answer to it is the same, byte for byte. */
export function oneOrderForEachKey({ checkouts, world: { after } }: Facts): Violation[] {
  const made = new Set(checkouts.flatMap(({ orders }) => orders));
  return [
    ...checkouts.flatMap((checkout) => {
      const answers = checkout.calls.filter(({ outcome, code }) => outcome !== 'info' && code !== 'idempotency-key-reused');
      const bodies = new Set(answers.map(({ status, body }) => `${status} ${body}`));
      const ids = new Set(answers.flatMap(({ order }) => order ?? []));
      const named = checkout.orders.filter(({ id }) => !ids.has(id));
      return [
        ...(checkout.orders.length > 1 ? [violated('I5', `${name(checkout)} made ${checkout.orders.length} orders: ${checkout.orders.map(({ id, state }) => `${id} ${state}`).join(', ')}`)] : []),
        ...(bodies.size > 1 ? [violated('I5', `${name(checkout)} was answered in ${bodies.size} ways: ${[...bodies].join(' | ').slice(0, 400)}`)] : []),
        ...(ids.size > 0 && named.length > 0 ? [violated('I5', `${name(checkout)} was answered with order ${[...ids].join(', ')} and made ${named.map(({ id }) => id).join(', ')}`)] : []),
      ];
    }),
    ...after.orders.filter((order) => !made.has(order)).map(({ id, line1 }) => violated('I5', `nobody asked for order ${id} to ${line1}`)),
  ];
}

/** I6: whatever was acknowledged is there in the end, as it was acknowledged. */
export function acknowledgedIsDurable({ checkouts, order: find, buyerOf, world: { calls } }: Facts): Violation[] {
  const cancelled = new Set(calls.filter(({ kind, outcome }) => kind === 'cancel' && outcome !== 'fail').map(({ order }) => order));
  return checkouts.flatMap((checkout) => {
    const ok = checkout.calls.find(({ outcome }) => outcome === 'ok');
    if (ok === undefined) return [];
    const { ask, lines = [], total, order: id = '' } = ok;
    const order = find(id);
    const said = (what: string) => violated('I6', `${name(checkout)} was answered with order ${id}, ${what}`);
    if (order === undefined) return [said('which is not there')];
    const buyer = buyerOf(checkout.shopper);
    const mayEnd = order.paymentMethod === 'card' || cancelled.has(id);
    return [
      ...(isSold(order) || mayEnd ? [] : [said(`which is ${order.state}, and nobody cancelled it`)]),
      ...(order.email === ask?.email && order.name === ask.name && order.line1 === ask.line1 ? [] : [said(`which goes to ${order.name}, ${order.line1}, ${order.email}`)]),
      ...(buyer === undefined || order.buyer === buyer ? [] : [said(`which belongs to ${order.buyer} and not to ${buyer}`)]),
      ...(order.paymentMethod === ask?.paymentMethod && order.shippingMethod === ask.shippingMethod ? [] : [said(`which is ${order.paymentMethod}, ${order.shippingMethod}`)]),
      ...(sameLines(order.lines, lines) ? [] : [said(`which has other lines: ${JSON.stringify(order.lines)} instead of ${JSON.stringify(lines)}`)]),
      ...(order.total === total?.amount && order.total === ask?.expectedTotal.amount && order.currency === total.currency ? [] : [said(`which costs ${order.total} ${order.currency}; agreed were ${ask?.expectedTotal.amount}, answered ${total?.amount} ${total?.currency}`)]),
    ];
  });
}

/** I7: what was refused has had no effect, also when an answer before the refusal was lost. */
export function refusedHasNoEffect({ checkouts, charged, returned, world: { after } }: Facts): Violation[] {
  const holds = new Map(after.reservations.map((reservation) => [reservation.order, reservation]));
  return checkouts
    .filter(({ calls }) => outcomeOf(calls) !== 'ok' && calls.some(({ outcome }) => outcome === 'fail'))
    .flatMap((checkout) =>
      checkout.orders.flatMap((order) => {
        const net = charged(order.id) - returned(order.id);
        const said = (what: string) => violated('I7', `${name(checkout)} was refused (${checkout.calls.find(({ outcome }) => outcome === 'fail')?.code}), and order ${order.id} ${what}`);
        const hold = holds.get(order.id)?.state ?? 'released';
        return [...(isLive(order) ? [said(`is ${order.state}`)] : []), ...(net === 0 ? [] : [said(`was charged ${net}`)]), ...(hold === 'released' ? [] : [said(`has its stock ${hold}`)])];
      }),
    );
}

/** I8: nothing is half done, and what nobody knows the answer to was done wholly or not at all. */
export function nothingHalfDone({ world: { after }, checkouts, charged, returned }: Facts): Violation[] {
  const said = (what: string) => violated('I8', what);
  return [
    ...after.orders.filter(({ state }) => state === 'awaiting_payment').map(({ id }) => said(`order ${id} still awaits payment`)),
    ...after.orders.filter((order) => order.stock !== (isSold(order) ? 'committed' : 'released')).map(({ id, state, stock }) => said(`order ${id} is ${state} and its stock ${stock}`)),
    ...after.orders.filter((order) => isSold(order) && (order.cartClearedAt === null || order.confirmedAt === null)).map(({ id, cartClearedAt }) => said(`order ${id} is sold and ${cartClearedAt === null ? 'its cart not cleared' : 'not confirmed'}`)),
    ...after.payments.filter(({ state }) => ['opening', 'open', 'refunding'].includes(state)).map(({ order, state }) => said(`the payment of order ${order} is ${state}`)),
    ...after.refunds.filter(({ state }) => state !== 'done').map(({ order, state }) => said(`a refund of order ${order} is ${state}`)),
    ...after.events.filter(({ processed }) => !processed).map(({ id, order }) => said(`event ${id} of order ${order} is not processed`)),
    ...after.keys.filter(({ status, abandoned }) => status === null && !abandoned).map(({ key }) => said(`key ${key} has no answer and is not abandoned`)),
    ...after.jobs.map(({ task, payload, lastError }) => said(`job ${task} ${JSON.stringify(payload)} is left (${lastError?.slice(0, 200) ?? 'no error'})`)),
    ...checkouts
      .filter(({ calls }) => outcomeOf(calls) === 'info')
      .flatMap((checkout) =>
        checkout.orders
          .filter((order) => {
            const due = isSold(order) && order.paymentMethod === 'card' ? order.total : 0;
            return charged(order.id) - returned(order.id) !== due;
          })
          .map(({ id, state }) => said(`${name(checkout)} never got an answer; order ${id} is ${state}, charged ${charged(id)}, given back ${returned(id)}`)),
      ),
  ];
}
