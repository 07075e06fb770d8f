/** One call of Stripe's API by the shop. */
export interface ApiCall {
  method: string;
  /** `/v1/checkout/sessions/:id/expire` */
  route: string;
  idempotencyKey: string | undefined;
}

export type CallFault =
  /** Refused before any work is done. */
  | { kind: 'answer'; status: number }
  /** Never answered, before or after the work is done. */
  | { kind: 'silence'; after: 'nothing' | 'work' }
  /** The work is done and the connection is cut. */
  | { kind: 'lost-answer' };

export interface Delivery {
  afterMs: number;
  /** Signed with another secret than the shop's. */
  forged?: boolean;
}

/** How the provider behaves. Faults are put here and nowhere else, so that the rest stays an honest provider. */
export interface Behaviour {
  /** Asked before every API call; may wait. */
  onCall(call: ApiCall): Promise<CallFault | undefined>;
  /** When and how often an event is sent. Each delivery is repeated until it is acknowledged; none means never. */
  onEvent(event: { id: string; type: string }): Delivery[];
}

export const wellBehaved: Behaviour = {
  onCall: async () => undefined,
  onEvent: () => [{ afterMs: 0 }],
};
