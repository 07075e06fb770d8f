import { type Facts, isLive } from './facts.ts';
import { type Violation, violated } from './violation.ts';

const REUSED = 'idempotency-key-reused';

/** I15: a key is its caller's own, and bound to the payload that it came with first. */
export function keysBelongToCallers({ checkouts }: Facts): Violation[] {
  const ofShopper = [...Map.groupBy(checkouts, ({ shopper, key }) => `${shopper} ${key}`).values()];
  const ofKey = [...Map.groupBy(checkouts, ({ key }) => key).values()];
  return [
    ...ofShopper.flatMap((payloads) => {
      const { shopper, key } = payloads[0] ?? {};
      const taken = payloads.filter(({ calls }) => calls.some(({ outcome, code }) => outcome !== 'info' && code !== REUSED));
      const reused = payloads.filter(({ calls }) => calls.some(({ code }) => code === REUSED));
      return [
        ...(taken.length > 1 ? [violated('I15', `key ${key} of ${shopper} was taken for ${taken.length} payloads: ${taken.map(({ line1 }) => line1).join(', ')}`)] : []),
        ...(payloads.length === 1 && reused.length === 1 ? [violated('I15', `${shopper} used key ${key} with one payload, and was told that it had another`)] : []),
        ...reused.flatMap(({ line1, orders }) => orders.filter(isLive).map(({ id }) => violated('I15', `key ${key} of ${shopper} was refused for the payload to ${line1}, which made order ${id}`))),
      ];
    }),
    ...ofKey.flatMap((users) => {
      const owners = Map.groupBy(users.flatMap(({ shopper, calls }) => calls.flatMap(({ order, outcome }) => (order === undefined || outcome !== 'ok' ? [] : [{ shopper, order }]))), ({ order }) => order);
      return [...owners].filter(([, answered]) => new Set(answered.map(({ shopper }) => shopper)).size > 1).map(([id, answered]) => violated('I15', `order ${id} was answered to ${[...new Set(answered.map(({ shopper }) => shopper))].join(' and ')}`));
    }),
  ];
}
