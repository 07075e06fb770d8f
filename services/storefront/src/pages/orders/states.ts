import type { Order } from '../../shared/shapes.ts';

type State = Order['state'];

interface Words {
  /** In a list. */
  short: string;
  title: string;
  text: string;
  picture: string;
}

const MONEY_BACK = '1f4b7';

/** What each state means to the shopper. */
export const STATES: Record<State, Words> = {
  awaiting_payment: {
    short: 'Payment awaited',
    title: 'We are confirming your payment',
    text: 'Your goods are put aside. This page looks again by itself until the payment provider has told us; nothing more is needed from you.',
    picture: '231b',
  },
  paid: {
    short: 'Paid',
    title: 'Thank you, your order is placed',
    text: 'Your payment has arrived and we are packing your parcel.',
    picture: '1f4e6',
  },
  accepted: {
    short: 'Accepted',
    title: 'Thank you, your order is placed',
    text: 'We are packing your parcel. You pay when it arrives.',
    picture: '1f4e6',
  },
  shipped: {
    short: 'On its way',
    title: 'Your parcel is on its way',
    text: 'It has left our door and will be at yours soon.',
    picture: '1f69a',
  },
  cancelled: {
    short: 'Cancelled',
    title: 'This order was cancelled',
    text: 'Nothing was charged, and the goods are back on their shelves.',
    picture: '1f9fa',
  },
  refunded: {
    short: 'Refunded',
    title: 'This order was refunded',
    text: 'We have returned what you paid, the way it came; banks take up to five working days to show it.',
    picture: MONEY_BACK,
  },
};

const GOING_BACK = 'Your money is on its way back, the way it came; banks take up to five working days. The goods are back on their shelves.';
const STUCK = 'Returning your money did not work by itself. We have been told and see to it: no need to do anything, and the number of this order is all we need if you ask.';

/** What an order's page says. Where money came in, a cancellation is not the end of it. */
export function wordsOf({ state, payment }: Order): Words {
  const refunds = payment.refunds ?? [];
  const moneyCame = refunds.length > 0 || ['paid', 'refunding', 'refunded'].includes(payment.state ?? '');
  if (state !== 'cancelled' || !moneyCame) return STATES[state];
  // The provider has refused for good: it is for a person to look at.
  const stuck = payment.state === 'refunding' && refunds.every((refund) => refund.state !== 'open');
  return { ...STATES.cancelled, text: stuck ? STUCK : GOING_BACK, picture: MONEY_BACK };
}

export function isPlaced(state: State): boolean {
  return state === 'paid' || state === 'accepted';
}
