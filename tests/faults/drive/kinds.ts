import type { Call } from '../history/call.ts';
import { checkoutsOf } from './summary.ts';

const called = (is: (call: Call) => boolean) => (calls: readonly Call[]) => calls.filter(is).length;
const coded = (code: string) => called((call) => call.code === code);
const ordered = (is: (call: Call) => boolean) => called((call) => call.kind === 'order' && call.outcome === 'ok' && is(call));

/** What shoppers must have done and met, for a run to say something about it. */
const KINDS: Readonly<Record<string, (calls: readonly Call[]) => number>> = {
  'order by card': ordered(({ ask }) => ask?.paymentMethod === 'card'),
  'order to be paid on delivery': ordered(({ ask }) => ask?.paymentMethod === 'on_delivery'),
  'order at the edge': ordered(({ via }) => via === 'edge'),
  'order at a gateway': ordered(({ via }) => via !== 'edge'),
  'order with the key of another shopper': ordered(({ key = '', shopper }) => !key.startsWith(`${shopper}-`)),
  'order call hung up on': called(({ kind, abandoned }) => kind === 'order' && abandoned === true),
  'key sent again': (calls) => checkoutsOf(calls).filter((group) => group.length > 1).length,
  'key with another payload': coded('idempotency-key-reused'),
  'key whose first call was under way': coded('request-in-progress'),
  'second key for a cart': coded('already-ordered'),
  'sold out in the cart': coded('sold-out'),
  'sold out at checkout': coded('out-of-stock'),
  'payment': called(({ payment }) => payment === 'paid'),
  'declined card': called(({ payment }) => payment === 'declined'),
  'payment too late': called(({ payment }) => payment === 'ended'),
  'cancellation': called(({ kind, outcome }) => kind === 'cancel' && outcome === 'ok'),
  'cancellation too late': coded('not-cancellable'),
  'look at the order of another': called(({ kind, outcome }) => kind === 'peek' && outcome === 'fail'),
  'order in the closing time': ordered(({ phase }) => phase === 'closing'),
};

/** How often each was met. */
export function kindsOf(calls: readonly Call[]): Record<string, number> {
  return Object.fromEntries(Object.entries(KINDS).map(([name, count]) => [name, count(calls)]));
}
