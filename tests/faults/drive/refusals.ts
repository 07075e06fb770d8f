import type { Call, Kind } from '../history/call.ts';

/** What a shop in order may refuse shoppers of ours; anything else that is definite is a fault of the shop. */
const EXPECTED: Partial<Record<Kind, readonly string[]>> = {
  add: ['sold-out'],
  quote: ['cart-empty', 'out-of-stock'],
  order: ['cart-empty', 'cart-changed', 'total-changed', 'out-of-stock', 'already-ordered', 'already-paid', 'order-ended', 'idempotency-key-reused'],
  cancel: ['not-cancellable'],
  peek: ['not-found'],
};

/** A line for each way in which calls were refused and should not have been. */
export function strangeRefusals(calls: readonly Call[]): string[] {
  const strange = calls.filter(({ kind, outcome, code = '' }) => outcome === 'fail' && !EXPECTED[kind]?.includes(code));
  return [...Map.groupBy(strange, ({ kind, status, code = 'no code' }) => `${kind} was refused with ${status} ${code}`)].map(([what, those]) => `${what}: ${those.length} times, first to ${those[0]?.shopper}`);
}
