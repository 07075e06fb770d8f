import { type Facts, isSold } from './facts.ts';
import { type Violation, violated } from './violation.ts';

/** I3: whoever was charged, net of what went back, has an order that is sold. */
export function noLostPaidOrder({ world: { ledger, prefix }, order, charged, returned }: Facts): Violation[] {
  const ours = ledger.sessions.filter(({ order: id, email }) => order(id ?? '') !== undefined || email?.startsWith(`${prefix}.`));
  return [...new Set(ours.map(({ order: id }) => id))].flatMap((id) => {
    const net = charged(id ?? '') - returned(id ?? '');
    const { state = 'not there' } = order(id ?? '') ?? {};
    return net > 0 && !isSold({ state }) ? [violated('I3', `${net} was charged for order ${id}, which is ${state}`)] : [];
  });
}

/** I4: an order that is sold by card was charged its total once; no other was charged at all. */
export function noDoubleChargeNoFreeOrder({ world: { after, ledger }, charged, returned }: Facts): Violation[] {
  const taken = Map.groupBy(ledger.charges.filter(({ status }) => status === 'succeeded'), ({ order }) => order ?? '');
  const payments = new Map(after.payments.map((payment) => [payment.order, payment]));
  return after.orders.flatMap((order) => {
    const { id, total, currency, paymentMethod } = order;
    const [came, went] = [charged(id), returned(id)];
    const payment = payments.get(id);
    const due = isSold(order) && paymentMethod === 'card' ? total : 0;
    const said = (what: string) => violated('I4', `order ${id} (${order.state}, ${paymentMethod}, ${total} ${currency}) ${what}`);
    return [
      ...(came - went === due ? [] : [said(`was charged ${came} and given back ${went}`)]),
      ...((taken.get(id)?.length ?? 0) > 1 ? [said(`was charged ${taken.get(id)?.length} times`)] : []),
      ...(taken.get(id) ?? []).filter((charge) => charge.currency.toUpperCase() !== currency).map((charge) => said(`was charged in ${charge.currency}`)),
      ...(went > came ? [said('was given back more than it was charged')] : []),
      ...((payment?.received ?? 0) === came && (payment?.refunded ?? 0) === went ? [] : [said(`received ${payment?.received} and returned ${payment?.refunded} by the shop's account; ${came} and ${went} by the provider's`)]),
    ];
  });
}

/** GB, in minor units, as the shop publishes it. */
const STANDARD = 395;
const FREE_FROM = 5000;
const EXPRESS = 695;
/** VAT is within the prices. */
const TAX_PERCENT = 20n;

/** I9: every total comes from the catalogue's prices and the published rules, in integer minor units. */
export function priceIntegrity({ world: { before, after } }: Facts): Violation[] {
  const prices = Map.groupBy([...before.stock, ...after.stock], ({ sku }) => sku);
  return after.orders.flatMap(({ id, lines, items, shipping, tax, total, currency, shippingMethod }) => {
    const said = (what: string) => violated('I9', `order ${id} ${what}`);
    const sum = lines.reduce((whole, { price, quantity }) => whole + price * quantity, 0);
    const delivery = shippingMethod === 'express' ? EXPRESS : sum >= FREE_FROM ? 0 : STANDARD;
    return [
      ...(lines.length === 0 ? [said('has no lines')] : []),
      ...lines.filter(({ quantity }) => !Number.isInteger(quantity) || quantity < 1).map(({ sku, quantity }) => said(`has ${quantity} of ${sku}`)),
      ...lines
        .filter(({ sku, price }) => !prices.get(sku)?.some((known) => known.price === price && known.currency === currency))
        .map(({ sku, price }) => said(`sells ${sku} for ${price} ${currency}`)),
      ...(items === sum ? [] : [said(`counts ${items} for lines of ${sum}`)]),
      ...(shipping === delivery ? [] : [said(`counts ${shipping} for ${shippingMethod} delivery of ${sum}`)]),
      ...(total === sum + delivery ? [] : [said(`costs ${total} instead of ${sum + delivery}`)]),
      ...(tax === taxWithin(total) ? [] : [said(`has ${tax} of tax in ${total}`)]),
    ];
  });
}

/** Half a penny goes up. */
function taxWithin(total: number): number {
  const whole = 100n + TAX_PERCENT;
  return Number((2n * BigInt(total) * TAX_PERCENT + whole) / (2n * whole));
}

/** I16: what the shop has stored is what the provider truly said. What was forged is not even stored. */
export function webhooksAreBelieved({ world: { after, ledger }, order }: Facts): Violation[] {
  const told = new Map(ledger.events.map((event) => [event.id, event]));
  const stored = new Set(after.events.map(({ id }) => id));
  const agreed = new Map(after.payments.map((payment) => [payment.order, payment]));
  const complete = ledger.sessions.filter(({ status }) => status === 'complete');
  return [
    ...after.events.filter(({ id }) => !told.has(id)).map(({ id, order: about }) => violated('I16', `event ${id} of order ${about} was stored, and the provider knows of none`)),
    ...after.events.filter(({ id }) => told.get(id)?.lie === 'forged').map(({ id, order: about }) => violated('I16', `event ${id} of order ${about} was forged, and stored`)),
    ...after.events.filter(({ id, outcome }) => told.get(id)?.lie === 'disagrees' && (outcome === 'paid' || outcome === 'cancelled')).map(({ id, outcome, order: about }) => violated('I16', `event ${id} disagreed with what was agreed on, and made order ${about} ${outcome}`)),
    ...ledger.events
      .filter(({ id, order: about, type, acknowledged, lie }) => acknowledged && lie === undefined && type.startsWith('checkout.session.') && order(about ?? '') !== undefined && !stored.has(id))
      .map(({ id, order: about }) => violated('I16', `event ${id} of order ${about} was acknowledged, and not stored`)),
    ...complete
      .filter(({ order: id, amount }) => order(id ?? '') !== undefined && agreed.get(id ?? '')?.received !== amount)
      .map(({ order: id, amount }) => violated('I16', `${amount} was paid for order ${id}, and the shop counts ${agreed.get(id ?? '')?.received ?? 'no payment'}`)),
  ];
}
