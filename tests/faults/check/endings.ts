import type { OrderRow } from '../history/rows.ts';
import { type Checkout, type Facts, isLive } from './facts.ts';
import { type Violation, violated, when } from './violation.ts';

/**
 * I6: what was sold ends only when its shopper wants it to, and what nobody pays not before its hold does. Money that came
 * when the hold was over may go back.
 */
export function endedForAReason(facts: Facts): Violation[] {
  const { checkouts, world: { calls } } = facts;
  const cancelled = new Set(calls.filter(({ kind, outcome }) => kind === 'cancel' && outcome !== 'fail').map(({ order }) => order));
  return checkouts.flatMap((checkout) =>
    checkout.orders
      .filter((order) => !isLive(order) && !cancelled.has(order.id))
      .flatMap((order) => {
        const { id, state, paymentMethod } = order;
        const said = (what: string) => violated('I6', `order ${id}, key ${checkout.key} of ${checkout.shopper}, ${what}`);
        if (paymentMethod !== 'card') return [said(`is ${state}, and nobody cancelled it`)];
        if (wasPaidInTime(order, facts)) return [said(`was paid while it was held, is ${state}, and nobody cancelled it`)];
        if (wasReplaced(order, checkout, facts)) return [];
        return endedEarly(order, facts).map(said);
      }),
  );
}

/** By the session that the shop agreed on. The provider counts in whole seconds; who paid knows it better. */
function wasPaidInTime({ id, holdUntil }: OrderRow, { world: { calls, after, ledger } }: Facts): boolean {
  const until = holdUntil ?? 0;
  const agreed = after.payments.find(({ order }) => order === id)?.session;
  if (!ledger.sessions.some((session) => session.id === agreed && session.status === 'complete')) return false;
  const charges = ledger.charges.filter(({ order, status }) => order === id && status === 'succeeded');
  return charges.every(({ created }) => (created + 1) * 1000 <= until) || calls.some(({ kind, order, payment, end }) => kind === 'pay' && order === id && payment === 'paid' && end <= until);
}

/** The shopper ordered again, which ends what is not paid; a call without an answer may have been at work at any time. */
function wasReplaced({ placedAt }: OrderRow, { shopper, key }: Checkout, { callsOf }: Facts): boolean {
  return (callsOf.get(shopper) ?? []).some((call) => call.kind === 'order' && call.key !== key && (call.outcome === 'info' || call.end > placedAt));
}

function endedEarly({ id, holdUntil, changedAt }: OrderRow, { world: { calls, ledger } }: Facts): string[] {
  const until = holdUntil ?? Infinity;
  const expired = ledger.events.find(({ order, type, lie, created }) => order === id && type === 'checkout.session.expired' && lie === undefined && (created + 1) * 1000 <= until);
  const turnedAway = calls.find(({ kind, order, payment, end }) => kind === 'pay' && order === id && payment === 'ended' && end < until);
  return [
    when(changedAt < until, `ended ${Math.round(until - changedAt)} ms before its hold`),
    when(expired !== undefined, 'could not be paid any more before its hold ended'),
    when(turnedAway !== undefined, 'was said to be over on the page of the provider before its hold ended'),
  ].flat();
}
