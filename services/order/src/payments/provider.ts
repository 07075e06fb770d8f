/** What the shop needs of whoever takes its money. Amounts are integer minor units, currencies ISO 4217 in capitals. */
export interface PaymentProvider {
  readonly name: string;
  /** True while it is known not to answer: to open a payment would be refused at once. */
  isAway(): boolean;
  /**
   * A page on which this order can be paid. Asked again for the same order it gives the same session, so that
   * an answer that was lost costs nothing.
   * @throws unavailable (503) when the provider did not answer in time: whether a session exists is then not known
   */
  open(payment: NewPayment, within: Within): Promise<Session>;
  /** What the provider itself says of a session; undefined when it knows none of this name. @throws unavailable (503) */
  session(sessionId: string, within: Within): Promise<Session | undefined>;
  /**
   * Ends a session so that it can no longer be paid, and says how it stands: `paid` when the shopper was faster.
   * Repeating it is harmless. Undefined when it knows none of this name: then it may still be payable, at another account
   * of ours for example, until it ends by itself. @throws unavailable (503)
   */
  expire(sessionId: string, within: Within): Promise<Session | undefined>;
  /** When a session of this order ends by itself, by the provider's clock: later than the hold, which we end ourselves. */
  endOf(payment: Pick<NewPayment, 'placedAt' | 'holdUntil'>): Date;
  /** What was returned of a payment, by whomever, also by hand in the provider's dashboard. @throws unavailable (503) */
  refunds(intentId: string, within: Within): Promise<Returned[]>;
  /**
   * Returns money. One `attempt` of a refund never returns it twice.
   * @returns how it went, `refused` when the provider will not, `spent` when this attempt answers with an old failure from
   *   now on: look whether it was done all the same, and make another attempt if not
   * @throws unavailable (503) when it is not known whether it was done
   */
  refund(refund: { refundId: string; attempt: number; intentId: string; amount: number; orderId: string }, within: Within): Promise<Returned | 'refused' | 'spent'>;
  /**
   * Reads a webhook.
   * @param now milliseconds since the epoch by a clock that all replicas share
   * @throws invalidSignature (400) when it is forged, or older than 5 minutes; invalidEvent (400) when it says nothing that can be read
   */
  readEvent(body: Buffer, signature: string | undefined, now: () => Promise<number>): Promise<PaymentEvent>;
  /** The same from a body that was verified when it was stored. */
  readStoredEvent(body: Buffer): PaymentEvent;
}

/** How long an answer is worth waiting for. */
export interface Within {
  timeoutMs: number;
}

export interface NewPayment {
  orderId: string;
  orderNumber: string;
  email: string;
  currency: string;
  /** These add up to what is charged. */
  lines: { name: string; price: number; quantity: number }[];
  /** Where the shopper comes back to, having paid or not. */
  paidUrl: string;
  cancelledUrl: string;
  /** By the database's clock: after this nothing can be paid even if we are not there to say so. */
  placedAt: Date;
  holdUntil: Date;
}

export interface Session {
  id: string;
  state: 'open' | 'paid' | 'expired';
  orderId: string | undefined;
  /** Where to pay, while it is open. */
  url: string | undefined;
  /** Names the money once it has been taken. */
  intentId: string | undefined;
  amount: number;
  currency: string;
}

/** Money on its way back, or there. */
export interface Returned {
  /** The provider's own name for it. */
  id: string;
  /** Ours, when it was us who asked for it. */
  refundId: string | undefined;
  amount: number;
  currency: string;
  /** A bank may send money back to us after it was on its way. */
  state: 'done' | 'failed';
}

export interface PaymentEvent {
  id: string;
  type: string;
  /** Absent for events that say nothing about a session. */
  session: Session | undefined;
  /** Whose money is on its way back; how much, the provider is asked. Absent for events about other things. */
  returned: { intentId: string; orderId: string | undefined } | undefined;
}
