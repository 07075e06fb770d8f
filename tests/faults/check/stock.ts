import { type Facts, isLive, isSold, sameLines, units } from './facts.ts';
import { type Violation, violated, when } from './violation.ts';

/** I1: no more is sold than was there, and no count is ever impossible. */
export function noOversell({ world: { before, after, samples } }: Facts): Violation[] {
  const sold = units(after.orders.filter(isSold));
  const seen = [...samples, ...after.stock.map(({ sku, onHand, reserved }) => ({ sku, onHand, reserved, at: after.at }))];
  return [
    before.stock.flatMap(({ sku, onHand }) => when((sold.get(sku) ?? 0) > onHand, violated('I1', `${sold.get(sku)} of ${sku} are sold, and ${onHand} were there`))),
    seen.flatMap(({ sku, onHand, reserved, at }) => when(onHand < 0 || reserved < 0 || reserved > onHand, violated('I1', `${sku} had ${onHand} on hand and ${reserved} reserved at ${new Date(at).toISOString()}`))),
  ].flat();
}

/** I2: at rest every unit is on hand or sold, and nothing is held for anybody. */
export function stockIsConserved({ world: { before, after }, order }: Facts): Violation[] {
  const sold = units(after.orders.filter(isSold));
  const held = units(after.reservations.filter(({ state }) => state === 'held'));
  const now = new Map(after.stock.map((row) => [row.sku, row]));
  const committed = new Map(after.reservations.filter(({ state }) => state === 'committed').map((row) => [row.order, row]));
  const stateOf = (id: string) => order(id)?.state ?? 'not there';
  return [
    before.stock.flatMap(({ sku, onHand: initial }) => {
      const { onHand = 0, reserved = 0 } = now.get(sku) ?? {};
      const [gone, active] = [sold.get(sku) ?? 0, held.get(sku) ?? 0];
      return [
        when(initial !== onHand + gone, violated('I2', `of ${initial} ${sku}, ${onHand} are on hand and ${gone} sold`)),
        when(reserved !== active, violated('I2', `${reserved} of ${sku} are reserved, and active holds are for ${active}`)),
      ].flat();
    }),
    after.reservations
      .filter(({ state }) => state === 'held')
      .map(({ order: id, expiresAt }) => violated('I2', `the hold of order ${id}, which is ${stateOf(id)}, is still active; it ends in ${Math.round((expiresAt - after.at) / 1000)} s`)),
    after.orders.flatMap((sale) => when(isSold(sale) && !sameLines(sale.lines, committed.get(sale.id)?.lines ?? []), violated('I2', `order ${sale.id} is sold, and its stock is not committed line by line`))),
    [...committed.keys()].flatMap((id) => when(!order(id) || !isLive({ state: stateOf(id) }), violated('I2', `stock is committed to order ${id}, which is ${stateOf(id)}`))),
  ].flat();
}

/** I12: in the closing quiet time nobody is told "sold out" while units are there. They only become fewer then. */
export function noUndersell({ world: { calls, after } }: Facts): Violation[] {
  const free = new Map(after.stock.map(({ sku, onHand, reserved }) => [sku, onHand - reserved]));
  return calls
    .filter(({ phase, outcome }) => phase === 'closing' && outcome === 'fail')
    .flatMap(({ shopper, wanting = [] }) => wanting.flatMap((sku) => when((free.get(sku) ?? 0) > 0, violated('I12', `${shopper} was told that ${sku} is sold out, and ${free.get(sku)} are free`))));
}
