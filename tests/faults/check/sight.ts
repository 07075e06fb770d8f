import type { Call } from '../history/call.ts';
import type { Facts } from './facts.ts';
import { type Violation, violated, when } from './violation.ts';

const CANARY = /canary[a-z]{12}/g;

/** I10: nobody sees what belongs to somebody else. */
export function noCrossShopperAccess({ world: { calls, after, mails } }: Facts): Violation[] {
  const canaryOf = (text: string) => text.match(CANARY)?.[0];
  const owners = new Map(after.orders.map(({ id, name }) => [id, canaryOf(name)]));
  const foreignIn = (text: string, own: string | undefined) => [...new Set(text.match(CANARY))].filter((canary) => canary !== own);
  return [
    calls.flatMap(({ shopper, canary, kind, order, outcome, foreign = [], orders = [] }) => [
      ...foreign.map((other) => violated('I10', `${shopper} saw ${other} in the answer to ${kind}`)),
      ...when(kind === 'peek' && outcome === 'ok', violated('I10', `${shopper} was shown order ${order} of somebody else`)),
      ...orders.flatMap(({ id }) => when((owners.get(id) ?? canary) !== canary, violated('I10', `${shopper} found order ${id} of somebody else in the list`))),
    ]),
    after.orders.flatMap(({ id, name, line1, email }) => foreignIn(`${line1} ${email}`, owners.get(id)).map((other) => violated('I10', `order ${id} of ${name} holds ${other}`))),
    mails.flatMap(({ file, to, text }) => foreignIn(text, canaryOf(to)).map((other) => violated('I10', `${file} to ${to} holds ${other}`))),
  ].flat();
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

const follows = (before: string, after: string) => LATER[before]?.includes(after) ?? false;

interface Sight {
  id: string;
  state: string;
  call: Call;
}

/** I11: once told of an order, a shopper never again finds it missing or in an earlier state, whichever replica answers. */
export function sessionOrder({ callsOf, order }: Facts): Violation[] {
  return [...callsOf.values()].flatMap((calls) => {
    const sights = Map.groupBy(calls.flatMap(sightsIn), ({ id }) => id);
    const final = (id: string, state: string) => order(id)?.state ?? state;
    return [
      [...sights].flatMap(([id, known]) => calls.flatMap((call) => goneBack(call, id, known.filter((sight) => sight.call.end <= call.start)))),
      [...sights.values()].flat().flatMap(({ id, state, call }) => when(!follows(state, final(id, state)), violated('I11', `${call.shopper} saw order ${id} ${state}, and it is ${final(id, state)} in the end`))),
    ].flat();
  });
}

function sightsIn(call: Call): Sight[] {
  const { kind, outcome, order, state, orders = [] } = call;
  if (outcome !== 'ok' || kind === 'peek') return [];
  const one = order !== undefined && state !== undefined ? [{ id: order, state, call }] : [];
  return [...one, ...orders.map((listed) => ({ id: listed.id, state: listed.state, call }))];
}

function goneBack(call: Call, id: string, earlier: readonly Sight[]): readonly Violation[] {
  const { shopper, kind, status, order, outcome, orders } = call;
  // What a key answers is what it answered first.
  if (earlier.length === 0 || kind === 'order') return [];
  const missed = order === id ? status === 404 : kind === 'list' && outcome === 'ok' && !orders?.some((listed) => listed.id === id);
  if (missed) return [violated('I11', `${shopper} knew of order ${id}, and did not find it at ${call.via} (${kind})`)];
  const now = sightsIn(call).find((sight) => sight.id === id);
  const before = now && earlier.find(({ state }) => !follows(state, now.state));
  return before ? [violated('I11', `${shopper} saw order ${id} ${before.state} (${before.call.kind}), and later ${now.state} at ${call.via} (${kind})`)] : [];
}
