import type { Ledger } from '../history/ledger.ts';
import { type Facts, isLive } from './facts.ts';
import { type Violation, violated, when } from './violation.ts';

const CALM = 1.1;
const UNDER_FAULTS = 1.2;
/** Of few calls a single repeat is a large share. */
const FEW = 5;
/** What a job could not do it tries again with growing pauses, for nobody who waits. */
const TRIES = 4;

interface Asked {
  /** How often there was a reason to. */
  times: number;
  /** By jobs, which also repeat what failed. */
  byJobs?: true;
}

/** I17: what there was one reason for is asked further inside about once, on each way that leads there. */
export function retryBudget(facts: Facts): Violation[] {
  const { calls, callsBefore, ledger, before, after, calm = false } = facts.world;
  const budget = calm ? CALM : UNDER_FAULTS;
  const orders = calls.filter(({ kind }) => kind === 'order').length;
  const cards = after.orders.filter(({ paymentMethod }) => paymentMethod === 'card').length;
  const tooMany = (what: string, count: number, { times, factor = budget }: { times: number; factor?: number }) => when(count > times * factor + FEW, violated('I17', `${times} reasons became ${count} ${what}`));
  const stored = after.orders.length > before.orders.length;
  const uncounted = (what: string, count: number) => when(stored && count === 0, violated('I17', `there are orders, and no ${what} were counted`));
  // Statistics do not outlive a crash of the server: then they say less. Whoever orders at the end is counted all the same.
  return [
    uncounted('claims of a key', after.claims),
    uncounted('reservations of stock', after.reserves),
    tooMany('claims of a key', after.claims - before.claims, { times: orders }),
    tooMany('reservations of stock', after.reserves - before.reserves, { times: orders + cards }),
    Object.entries(reasonsFor(facts)).flatMap(([route, { times, byJobs }]) => {
      const answered = callsOf(route, ledger.calls, isAnswer) - callsOf(route, callsBefore, isAnswer);
      const all = callsOf(route, ledger.calls) - callsOf(route, callsBefore);
      return [tooMany(`answers to ${route}`, answered, { times }), tooMany(`calls of ${route}`, all, { times, factor: byJobs && !calm ? TRIES : budget })].flat();
    }),
  ].flat();
}

function reasonsFor({ callsOf, order, world: { calls, after, ledger } }: Facts): Record<string, Asked> {
  const count = <T>(list: readonly T[], which: (item: T) => boolean) => list.filter(which).length;
  const byCard = count(calls, ({ kind, ask }) => kind === 'order' && ask?.paymentMethod === 'card');
  const cancels = count(calls, ({ kind }) => kind === 'cancel');
  const unpaid = count(after.orders, (each) => each.paymentMethod === 'card' && !isLive(each));
  const again = [...callsOf.values()].map((mine) => mine.filter(({ kind }) => kind === 'order')).filter((mine) => new Set(mine.map(({ key }) => key)).size > 1);
  const ends = unpaid + cancels + again.reduce((sum, mine) => sum + mine.length, 0);
  const looks = count(calls, (call) => (call.kind === 'read' || call.kind === 'page') && order(call.order ?? '')?.paymentMethod === 'card');
  const toldOfReturns = count(after.events, ({ type }) => !type.startsWith('checkout.session.'));
  const disagreed = count(ledger.events, ({ lie }) => lie === 'disagrees');
  return {
    'POST /v1/checkout/sessions': { times: byCard },
    'POST /v1/checkout/sessions/:id/expire': { times: ends, byJobs: true },
    // Whoever was too late to end a session asks how it ended.
    'GET /v1/checkout/sessions/:id': { times: looks + ends + toldOfReturns + disagreed, byJobs: true },
    'POST /v1/refunds': { times: after.refunds.length, byJobs: true },
    'GET /v1/refunds': { times: after.refunds.length + toldOfReturns, byJobs: true },
  };
}

const isAnswer = (outcome: string) => /^[234]/.test(outcome) && outcome !== '429';

function callsOf(route: string, calls: Ledger['calls'], which: (outcome: string) => boolean = () => true): number {
  return calls.filter((each) => each.route === route && which(each.outcome)).reduce((sum, { count }) => sum + count, 0);
}
