/** What the sandbox remembers. Amounts in minor units, times in seconds since the epoch, as in Stripe's API. */

export interface SessionRecord {
  id: string;
  created: number;
  expiresAt: number;
  status: 'open' | 'complete' | 'expired';
  amount: number;
  currency: string;
  lines: { name: string; amount: number; quantity: number }[];
  email: string | null;
  reference: string | null;
  description: string | null;
  metadata: Record<string, string>;
  intentMetadata: Record<string, string>;
  successUrl: string;
  cancelUrl: string | null;
  intent: string | null;
}

export interface IntentRecord {
  id: string;
  created: number;
  session: string;
  amount: number;
  received: number;
  refunded: number;
  currency: string;
  status: 'requires_payment_method' | 'succeeded';
  description: string | null;
  metadata: Record<string, string>;
  charge: string | null;
}

/** Every attempt to take money. Of a card only what a receipt may show is kept. */
export interface ChargeRecord {
  id: string;
  created: number;
  intent: string;
  amount: number;
  currency: string;
  status: 'succeeded' | 'failed';
  failure: string | null;
  card: { brand: string; last4: string };
}

export interface RefundRecord {
  id: string;
  created: number;
  intent: string;
  charge: string;
  amount: number;
  currency: string;
  reason: string | null;
  metadata: Record<string, string>;
}

export interface EventRecord {
  id: string;
  created: number;
  type: string;
  /** What it is about. */
  about: string;
  session: string;
  /** What it tells is not true: a fault of the sandbox. */
  lie?: 'forged' | 'disagrees';
  /** The very bytes that are signed and sent; dropped when nothing is sent any more. */
  payload?: string | undefined;
}

/** How an event's delivery stands, under the event's id. */
export interface DeliveryRecord {
  id: string;
  attempts: number;
  acknowledged: boolean;
  /** Nothing is sent any more: acknowledged, given up, or never meant to be sent. */
  ended: boolean;
}

/** The answer that a repeat with the same idempotency key gets. */
export interface KeyRecord {
  id: string;
  created: number;
  fingerprint: string;
  status: number;
  body: unknown;
}

/** How often a call of the API came to the same end. */
export interface CallsRecord {
  /** Route and outcome. */
  id: string;
  route: string;
  /** The status of the answer; `silence` and `lost-answer` when there was none. */
  outcome: string;
  count: number;
}

export interface Records {
  session: SessionRecord;
  intent: IntentRecord;
  charge: ChargeRecord;
  refund: RefundRecord;
  event: EventRecord;
  delivery: DeliveryRecord;
  key: KeyRecord;
  calls: CallsRecord;
}
