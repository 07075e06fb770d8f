import { type Facts, isLive, isSold, sameLines, units } from './facts.ts';
import { type Violation, violated } from './violation.ts';

/** I1: no more is sold than was there, and no count is ever impossible. */
export function noOversell({ world: { before, after, samples } }: Facts): Violation[] {
  const sold = units(after.orders.filter(isSold));
  return [
    ...before.stock.filter(({ sku, onHand }) => (sold.get(sku) ?? 0) > onHand).map(({ sku, onHand }) => violated('I1', `${sold.get(sku)} of ${sku} are sold, and ${onHand} were there`)),
    ...[...samples, ...after.stock.map((row) => ({ ...row, at: after.at }))]
      .filter(({ onHand, reserved }) => onHand < 0 || reserved < 0 || reserved > onHand)
      .map(({ sku, onHand, reserved, at }) => violated('I1', `${sku} had ${onHand} on hand and ${reserved} reserved at ${new Date(at).toISOString()}`)),
  ];
}

/** I2: at rest every unit is on hand or sold, and nothing is held for anybody. */
export function stockIsConserved({ world: { before, after }, order }: Facts): Violation[] {
  const sold = units(after.orders.filter(isSold));
  const held = units(after.reservations.filter(({ state }) => state === 'held'));
  const now = new Map(after.stock.map((row) => [row.sku, row]));
  const committed = new Map(after.reservations.filter(({ state }) => state === 'committed').map((row) => [row.order, row]));
  return [
    ...before.stock.flatMap(({ sku, onHand: initial }) => {
      const { onHand = 0, reserved = 0 } = now.get(sku) ?? {};
      return [
        ...(initial === onHand + (sold.get(sku) ?? 0) ? [] : [violated('I2', `of ${initial} ${sku}, ${onHand} are on hand and ${sold.get(sku) ?? 0} sold`)]),
        ...(reserved === (held.get(sku) ?? 0) ? [] : [violated('I2', `${reserved} of ${sku} are reserved, and active holds are for ${held.get(sku) ?? 0}`)]),
      ];
    }),
    ...after.reservations
      .filter(({ state }) => state === 'held')
      .map(({ order: id, expiresAt }) => violated('I2', `the hold of order ${id}, which is ${order(id)?.state ?? 'not there'}, is still active (it ends ${Math.round((expiresAt - after.at) / 1000)} s from now)`)),
    ...after.orders
      .filter((sale) => isSold(sale) && !sameLines(sale.lines, committed.get(sale.id)?.lines ?? []))
      .map(({ id }) => violated('I2', `order ${id} is sold, and its stock is not committed line by line`)),
    ...[...committed.keys()]
      .filter((id) => !isLive(order(id) ?? { state: 'cancelled' }))
      .map((id) => violated('I2', `stock is committed to order ${id}, which is ${order(id)?.state ?? 'not there'}`)),
  ];
}

/** I12: in the closing quiet time nobody is told "sold out" while units are there. They only become fewer then. */
export function noUndersell({ world: { calls, after } }: Facts): Violation[] {
  const free = new Map(after.stock.map(({ sku, onHand, reserved }) => [sku, onHand - reserved]));
  return calls
    .filter(({ phase, outcome }) => phase === 'closing' && outcome === 'fail')
    .flatMap(({ shopper, wanting = [] }) => wanting.filter((sku) => (free.get(sku) ?? 0) > 0).map((sku) => violated('I12', `${shopper} was told that ${sku} is sold out, and ${free.get(sku)} are free`)));
}
