import { type Facts, isSold } from './facts.ts';
import { type Violation, violated, when } from './violation.ts';

/** I3: whoever was charged, net of what went back, has an order that is sold. */
export function noLostPaidOrder({ world: { ledger, prefix }, order: find, charged, returned }: Facts): Violation[] {
  const ours = ledger.sessions.filter(({ order, email }) => find(order ?? '') !== undefined || email?.startsWith(`${prefix}.`));
  return [...new Set(ours.map(({ order }) => order ?? ''))].flatMap((id) => {
    const net = charged(id) - returned(id);
    const { state = 'not there' } = find(id) ?? {};
    return when(net > 0 && !isSold({ state }), violated('I3', `${net} was charged for order ${id}, which is ${state}`));
  });
}

/** I4: an order that is sold by card was charged its total once, net of what went back; no other was charged at all. */
export function noDoubleChargeNoFreeOrder(facts: Facts): Violation[] {
  const { world: { after, ledger }, charged, returned, owed } = facts;
  const payments = new Map(after.payments.map((payment) => [payment.order, payment]));
  const money = Map.groupBy([...ledger.charges.filter(({ status }) => status === 'succeeded'), ...ledger.refunds], ({ order }) => order ?? '');
  return [
    after.orders.flatMap((order) => {
      const { id, state, total, currency, paymentMethod } = order;
      const [came, went] = [charged(id, currency), returned(id, currency)];
      const { received = 0, refunded = 0, promised = 0, amount = total, currency: agreed = currency } = payments.get(id) ?? {};
      const others = [...new Set((money.get(id) ?? []).map((each) => each.currency.toUpperCase()))].filter((other) => other !== currency);
      const said = (what: string) => violated('I4', `order ${id} (${state}, ${paymentMethod}, ${total} ${currency}) ${what}`);
      return [
        when(came - went !== owed(order), said(`was charged ${came} and given back ${went}`)),
        when(went > came, said(`was charged ${came} and given back more: ${went}`)),
        when(received - refunded !== came - went, said(`was paid ${received} and given back ${refunded} by the shop's account, ${came} and ${went} by the provider's`)),
        when(promised !== refunded, said(`was promised ${promised}, and ${refunded} went back`)),
        when(amount !== total || agreed !== currency, said(`was to be paid with ${amount} ${agreed}`)),
        others.flatMap((other) => when(charged(id, other) !== returned(id, other), said(`was charged ${charged(id, other)} in ${other} and given back ${returned(id, other)}`))),
      ].flat();
    }),
    refundsAreTheSame(facts),
  ].flat();
}

/** What the shop's account says went back, one by one, is what the provider's books say. */
function refundsAreTheSame({ world: { after, ledger }, order: find }: Facts): Violation[] {
  const told = new Map(ledger.refunds.map((refund) => [refund.id, refund]));
  const done = after.refunds.filter(({ state }) => state === 'done');
  const known = new Set(done.map(({ providerId }) => providerId));
  const said = (order: string | null, what: string) => violated('I4', `order ${order} was given back ${what}`);
  return [
    done.flatMap(({ order, amount, currency, providerId }) => {
      const there = told.get(providerId ?? '');
      const same = there?.order === order && there.amount === amount && there.currency.toUpperCase() === currency;
      return when(!same, said(order, `${amount} ${currency} as ${providerId} by the shop's account, and ${there ? `${there.amount} ${there.currency} for order ${there.order}` : 'nothing'} by the provider's`));
    }),
    ledger.refunds.flatMap(({ id, order, amount, currency }) => when(find(order ?? '') !== undefined && !known.has(id), said(order, `${amount} ${currency} as ${id} by the provider's account, and the shop knows nothing of it`))),
  ].flat();
}

/** What the shop must know. */
const TOLD = /^(checkout\.session|charge|refund)\./;

/** I16: what the shop stored is what the provider said. What was forged is not even stored, and nothing stored was lost. */
export function webhooksAreBelieved({ world: { after, ledger }, order: find, charged }: Facts): Violation[] {
  const told = new Map(ledger.events.map((event) => [event.id, event]));
  const stored = new Set(after.events.map(({ id }) => id));
  const due = ledger.events.filter(({ order, type, acknowledged, lie }) => acknowledged && lie === undefined && TOLD.test(type) && find(order ?? '') !== undefined);
  return [
    after.events.flatMap(({ id, order, outcome }) => {
      const said = (what: string) => violated('I16', `event ${id} of order ${order} ${what}`);
      const event = told.get(id);
      return [
        when(event === undefined, said('was stored, and the provider knows of none')),
        when(event?.lie === 'forged', said('was forged, and stored')),
        // It may make the shop ask the provider, who knows better.
        when(event?.lie === 'disagrees' && outcome === 'paid' && charged(order) === 0, said('disagreed with what was agreed on, and made it paid')),
      ].flat();
    }),
    due.flatMap(({ id, order }) => when(!stored.has(id), violated('I16', `event ${id} of order ${order} was acknowledged, and not stored`))),
  ].flat();
}
