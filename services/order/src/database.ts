import type { ColumnType, Generated, JSONColumnType, Kysely, Selectable, Transaction } from 'kysely';

/** Schema `orders`, as the migrations leave it. Amounts are integer minor units. */
export interface Schema {
  order: OrderTable;
  order_line: OrderLineTable;
  idempotency_key: IdempotencyKeyTable;
  payment: PaymentTable;
  payment_event: PaymentEventTable;
  refund: RefundTable;
  job_pool: { id: string; seen_at: Generated<Date> };
}

export type Database = Kysely<Schema>;
export type Trx = Transaction<Schema>;
export type OrderRow = Selectable<OrderTable>;
export type PaymentRow = Selectable<PaymentTable>;
export type RefundRow = Selectable<RefundTable>;

export type OrderState = 'awaiting_payment' | 'paid' | 'accepted' | 'shipped' | 'cancelled' | 'refunded';
export type PaymentMethod = 'card' | 'on_delivery';
export type PaymentState = 'opening' | 'open' | 'paid' | 'expired' | 'refunding' | 'refunded';

export interface Address {
  name: string;
  line1: string;
  line2?: string;
  city: string;
  postcode: string;
  country: string;
}

interface OrderTable {
  id: string;
  shopper: string;
  state: OrderState;
  email: string;
  address: JSONColumnType<Address>;
  shipping_method: string;
  payment_method: PaymentMethod;
  currency: string;
  items: number;
  shipping: number;
  tax: number;
  total: number;
  link_hash: Buffer;
  hold_until: Date | null;
  /** releasing: catalog has not yet confirmed that it was given back. */
  stock: Generated<'held' | 'committed' | 'releasing' | 'released'>;
  cart_version: string | null;
  cart_cleared_at: Date | null;
  /** When the confirmation was sent. */
  confirmed_at: Date | null;
  placed_at: Generated<Date>;
  updated_at: Generated<Date>;
}

/** `recolour` is missing in what was stored before it was known. */
export interface StoredPicture {
  name: string;
  alt: string;
  recolour?: string | null;
}

interface OrderLineTable {
  order_id: string;
  position: number;
  sku: string;
  name: string;
  options: JSONColumnType<Record<string, string>>;
  picture: JSONColumnType<StoredPicture> | null;
  tint: number | null;
  price: number;
  quantity: number;
}

interface IdempotencyKeyTable {
  shopper: string;
  key: string;
  fingerprint: Buffer;
  holder: string;
  lease_until: ColumnType<Date, never, never>;
  attempts: Generated<number>;
  status: number | null;
  content_type: string | null;
  body: Buffer | null;
  created_at: Generated<Date>;
  answered_at: Date | null;
  abandoned_at: Date | null;
}

interface PaymentTable {
  order_id: string;
  provider: string;
  state: Generated<PaymentState>;
  session_id: string | null;
  url: string | null;
  intent_id: string | null;
  amount: number;
  currency: string;
  received: Generated<number>;
  refunded: Generated<number>;
  promised: Generated<number>;
  asked_at: Date | null;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

interface PaymentEventTable {
  id: string;
  type: string;
  order_id: string;
  payload: Buffer;
  received_at: Generated<Date>;
  processed_at: Date | null;
  outcome: string | null;
}

interface RefundTable {
  id: string;
  order_id: string;
  /** Whose money it is: not always that of the order's payment. */
  intent_id: string;
  amount: number;
  currency: string;
  reason: string;
  state: Generated<'open' | 'done' | 'failed'>;
  attempt: Generated<number>;
  provider_id: string | null;
  requested_at: Generated<Date>;
  ended_at: Date | null;
}
