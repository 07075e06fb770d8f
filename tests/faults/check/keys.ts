import { type Checkout, type Facts, isLive } from './facts.ts';
import { type Violation, violated, when } from './violation.ts';

const REUSED = 'idempotency-key-reused';

/** I15: a key is its caller's own, and bound to the payload that it came with first. */
export function keysBelongToCallers({ checkouts }: Facts): Violation[] {
  const ofCaller = Map.groupBy(checkouts, ({ shopper, key }) => `${shopper} ${key}`);
  return [...[...ofCaller.values()].flatMap(boundToPayload), ...ordersOfSeveral(checkouts)];
}

function boundToPayload(payloads: readonly Checkout[]): Violation[] {
  const { shopper, key } = payloads[0] ?? {};
  const taken = payloads.filter(({ calls }) => calls.some(({ outcome, code }) => outcome !== 'info' && code !== REUSED));
  const refused = payloads.filter(({ calls }) => calls.some(({ code }) => code === REUSED));
  return [
    when(taken.length > 1, violated('I15', `key ${key} of ${shopper} was taken for ${taken.length} payloads: ${taken.map(({ line1 }) => line1).join(', ')}`)),
    when(payloads.length === 1 && refused.length === 1, violated('I15', `${shopper} used key ${key} with one payload, and was told that it had another`)),
    refused.flatMap(({ line1, orders }) => orders.filter(isLive).map(({ id }) => violated('I15', `key ${key} of ${shopper} was refused for the payload to ${line1}, which made order ${id}`))),
  ].flat();
}

function ordersOfSeveral(checkouts: readonly Checkout[]): Violation[] {
  const answered = Map.groupBy(
    checkouts.flatMap(({ calls }) => calls.filter(({ order }) => order !== undefined)),
    ({ order }) => order,
  );
  return [...answered].flatMap(([order, calls]) => {
    const shoppers = [...new Set(calls.map(({ shopper }) => shopper))];
    return when(shoppers.length > 1, violated('I15', `order ${order} was answered to ${shoppers.join(' and ')}`));
  });
}
