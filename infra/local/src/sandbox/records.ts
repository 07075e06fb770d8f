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
  /** The very bytes that are signed and sent. */
  payload: string;
}

/** How an event's delivery stands, under the event's id. */
export interface DeliveryRecord {
  id: string;
  attempts: number;
  acknowledged: boolean;
}

/** The answer that a repeat with the same idempotency key gets. */
export interface KeyRecord {
  id: string;
  created: number;
  fingerprint: string;
  status: number;
  body: unknown;
}

export interface Records {
  session: SessionRecord;
  intent: IntentRecord;
  charge: ChargeRecord;
  refund: RefundRecord;
  event: EventRecord;
  delivery: DeliveryRecord;
  key: KeyRecord;
}
