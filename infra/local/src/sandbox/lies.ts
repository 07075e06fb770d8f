/** What an event is about, as Stripe's API shows it. */
export type Told = Record<string, unknown> & { id: string };

export interface Occurrence {
  type: string;
  object: Told;
}

/** The opposite of what happened: whoever believes it ships what is not paid for, or keeps what is. */
export function forgeryOf(type: string, object: Told): Occurrence {
  if (type === 'checkout.session.completed') return { type: 'checkout.session.expired', object: { ...object, status: 'expired', payment_status: 'unpaid', payment_intent: null } };
  if (type.startsWith('checkout.session.')) return pretendedPayment(object);
  return disagreementWith(type, object, 'amount');
}

export function pretendedPayment(session: Told): Occurrence {
  return { type: 'checkout.session.completed', object: { ...session, status: 'complete', payment_status: 'paid', payment_intent: session['payment_intent'] ?? 'pi_forged', url: null } };
}

/** The same event with another amount, smaller by the smallest coin, or in another currency. */
export function disagreementWith(type: string, object: Told, about: 'amount' | 'currency'): Occurrence {
  const amount = ['amount_total', 'amount_refunded'].find((member) => member in object) ?? 'amount';
  const wrong = about === 'amount' ? { [amount]: Number(object[amount]) - 1 } : { currency: object['currency'] === 'usd' ? 'gbp' : 'usd' };
  return { type, object: { ...object, ...wrong } };
}
