/** One call of Stripe's API by the shop, or of the payment page by a shopper. */
export interface Call {
  method: string;
  /** `/v1/checkout/sessions/:id/expire` */
  route: string;
  idempotencyKey: string | undefined;
}

export type CallFault =
  /** Answered late. */
  | { kind: 'slow'; ms: number }
  /** Refused before any work is done. */
  | { kind: 'answer'; status: number }
  /** Not done, and every repeat with the same idempotency key gets the same 500: Stripe keeps those, too. */
  | { kind: 'stored-error' }
  /** Never answered, before or after the work is done. */
  | { kind: 'silence'; after: 'nothing' | 'work' }
  /** The work is done and the connection is cut. */
  | { kind: 'lost-answer' }
  /** On the payment page: the card is refused, whichever it is. */
  | { kind: 'declined' };

export interface Delivery {
  afterMs: number;
  /** Before the answer to what caused the event: that waits for the shop. */
  early?: boolean;
  /** Held back until another event of the same session was sent, for `afterMs` at most. */
  reversed?: boolean;
  /** In the event's place, once: another one that is not true, signed with another secret than the shop's. */
  forged?: boolean;
  /** In the event's place, once: another one that tells another amount or currency and is signed well. */
  disagrees?: 'amount' | 'currency';
}

/** How the provider behaves. Faults are put here and nowhere else, so that the rest stays an honest provider. */
export interface Behaviour {
  /** Asked before every call; may wait. */
  onCall(call: Call): Promise<CallFault | undefined>;
  /** When and how often an event is sent. Each delivery is repeated until it is acknowledged; none means never. */
  onEvent(event: { id: string; type: string }): Delivery[];
  /** When somebody who does not know the secret tells the shop that a session, just opened, was paid; undefined: nobody does. */
  onOpened(): { forgeryAfterMs: number } | undefined;
}

export const wellBehaved: Behaviour = {
  onCall: async () => undefined,
  onEvent: () => [{ afterMs: 0 }],
  onOpened: () => undefined,
};
