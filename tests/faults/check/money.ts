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
export function noDoubleChargeNoFreeOrder({ world: { after, ledger }, charged, returned }: Facts): Violation[] {
  const charges = Map.groupBy(ledger.charges.filter(({ status }) => status === 'succeeded'), ({ order }) => order ?? '');
  const payments = new Map(after.payments.map((payment) => [payment.order, payment]));
  return after.orders.flatMap((order) => {
    const { id, state, total, currency, paymentMethod } = order;
    const [came, went] = [charged(id), returned(id)];
    const due = isSold(order) && paymentMethod === 'card' ? total : 0;
    const { received = 0, refunded = 0 } = payments.get(id) ?? {};
    const said = (what: string) => violated('I4', `order ${id} (${state}, ${paymentMethod}, ${total} ${currency}) ${what}`);
    return [
      when(came - went !== due, said(`was charged ${came} and given back ${went}`)),
      when(went > came, said(`was charged ${came} and given back more: ${went}`)),
      when(received - refunded !== came - went, said(`was paid ${received} and given back ${refunded} by the shop's account, ${came} and ${went} by the provider's`)),
      (charges.get(id) ?? []).flatMap((charge) => when(charge.currency.toUpperCase() !== currency && due > 0, said(`was charged in ${charge.currency}`))),
    ].flat();
  });
}

/** I16: what the shop stored is what the provider said. What was forged is not even stored, and nothing stored was lost. */
export function webhooksAreBelieved({ world: { after, ledger }, order: find, charged }: Facts): Violation[] {
  const told = new Map(ledger.events.map((event) => [event.id, event]));
  const stored = new Set(after.events.map(({ id }) => id));
  const due = ledger.events.filter(({ order, type, acknowledged, lie }) => acknowledged && lie === undefined && type.startsWith('checkout.session.') && find(order ?? '') !== undefined);
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
