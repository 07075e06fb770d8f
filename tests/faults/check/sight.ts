import type { Call } from '../history/call.ts';
import type { Facts } from './facts.ts';
import { type Violation, violated } from './violation.ts';

/** I10: nobody sees what belongs to somebody else. */
export function noCrossShopperAccess({ world: { calls, after, mails } }: Facts): Violation[] {
  const canaries = new Map(calls.map(({ shopper, canary }) => [canary, shopper]));
  const owners = new Map(after.orders.map(({ id, name }) => [id, /canary[a-z]+/.exec(name)?.[0]]));
  const others = (text: string, canary: string | undefined) => [...new Set(text.match(/canary[a-z]{12}/g))].filter((found) => found !== canary && canaries.has(found));
  return [
    ...calls.flatMap(({ shopper, kind, foreign = [] }) => foreign.map((canary) => violated('I10', `${shopper} saw ${canary} of ${canaries.get(canary) ?? 'an earlier shopper'} in the answer to ${kind}`))),
    ...calls.filter(({ kind, outcome }) => kind === 'peek' && outcome === 'ok').map(({ shopper, order }) => violated('I10', `${shopper} was shown order ${order} of somebody else`)),
    ...calls.flatMap(({ shopper, canary, orders = [] }) => orders.filter(({ id }) => (owners.get(id) ?? canary) !== canary).map(({ id }) => violated('I10', `${shopper} found order ${id} of somebody else in the list`))),
    ...after.orders.flatMap(({ id, name, line1, email }) => others(`${line1} ${email}`, owners.get(id)).map((canary) => violated('I10', `order ${id} of ${name} holds ${canary}`))),
    ...mails.flatMap(({ file, to, text }) => others(text, /canary[a-z]{12}/.exec(to)?.[0]).map((canary) => violated('I10', `${file} to ${to} holds ${canary}`))),
  ];
}

/** What an order may have become since it was seen so. */
const LATER: Record<string, readonly string[]> = {
  awaiting_payment: ['awaiting_payment', 'paid', 'shipped', 'cancelled', 'refunded'],
  accepted: ['accepted', 'shipped', 'cancelled', 'refunded'],
  paid: ['paid', 'shipped', 'refunded'],
  shipped: ['shipped', 'refunded'],
  cancelled: ['cancelled', 'refunded'],
  refunded: ['refunded'],
};

interface Sight {
  id: string;
  state: string;
  call: Call;
}

/** I11: once told of an order, a shopper never again finds it missing or in an earlier state, whichever replica answers. */
export function sessionOrder({ callsOf, order }: Facts): Violation[] {
  return [...callsOf.values()].flatMap((calls) => {
    const sights = Map.groupBy(calls.flatMap(seen), ({ id }) => id);
    return [...sights].flatMap(([id, known]) => {
      const final = order(id)?.state;
      return [
        ...calls.flatMap((call) => backwards(call, id, known.filter((sight) => sight.call.end <= call.start))),
        ...(final === undefined ? [] : known.filter(({ state }) => !follows(state, final)).map(({ state, call }) => violated('I11', `${call.shopper} saw order ${id} ${state}, and it is ${final} in the end`))),
      ];
    });
  });
}

function seen(call: Call): Sight[] {
  const { kind, outcome, order, state, orders = [] } = call;
  if (outcome !== 'ok') return [];
  const one = order !== undefined && state !== undefined && kind !== 'peek' ? [{ id: order, state, call }] : [];
  return [...one, ...orders.map((listed) => ({ ...listed, call }))];
}

function backwards(call: Call, id: string, earlier: readonly Sight[]): Violation[] {
  const { shopper, kind, status, order, outcome, orders } = call;
  if (earlier.length === 0) return [];
  const looked = (kind === 'read' || kind === 'page' || kind === 'cancel') && order === id;
  if ((looked && status === 404) || (kind === 'list' && outcome === 'ok' && !orders?.some((listed) => listed.id === id))) {
    return [violated('I11', `${shopper} knew of order ${id}, and did not find it at ${call.via} (${kind})`)];
  }
  // What a key answers is what it answered first.
  if (kind === 'order') return [];
  return seen(call)
    .filter((now) => now.id === id)
    .flatMap((now) => earlier.filter((sight) => !follows(sight.state, now.state)).map((sight) => violated('I11', `${shopper} saw order ${id} ${sight.state} (${sight.call.kind}), and later ${now.state} at ${call.via} (${kind})`)))
    .slice(0, 1);
}

function follows(before: string, after: string): boolean {
  return LATER[before]?.includes(after) ?? false;
}
