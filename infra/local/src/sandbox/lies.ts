/** What an event is about, as Stripe's API shows it. */
export type Told = Record<string, unknown> & { id: string };

export interface Lie {
  type: string;
  object: Told;
}

/** The opposite of what happened: whoever believes it ships what is not paid for, or keeps what is. */
export function forgeryOf(type: string, object: Told): Lie {
  if (type === 'checkout.session.completed') return { type: 'checkout.session.expired', object: { ...object, status: 'expired', payment_status: 'unpaid', payment_intent: null } };
  if (type.startsWith('checkout.session.')) return pretendedPayment(object);
  return disagreementWith(type, object);
}

export function pretendedPayment(session: Told): Lie {
  return { type: 'checkout.session.completed', object: { ...session, status: 'complete', payment_status: 'paid', payment_intent: session['payment_intent'] ?? 'pi_forged', url: null } };
}

/** The same event with another amount or, of sums that are even, another currency. */
export function disagreementWith(type: string, object: Told): Lie {
  const name = ['amount_total', 'amount_refunded', 'amount'].find((member) => typeof object[member] === 'number') ?? 'amount';
  const amount = Number(object[name] ?? 0);
  const wrong = amount % 2 === 0 ? { currency: object['currency'] === 'usd' ? 'gbp' : 'usd' } : { [name]: amount - 1 };
  return { type, object: { ...object, ...wrong } };
}
