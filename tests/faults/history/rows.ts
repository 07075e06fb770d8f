/** Amounts in minor units, times in milliseconds since the epoch by the database's clock. */
export interface Snapshot {
  at: number;
  stock: StockRow[];
  reservations: ReservationRow[];
  orders: OrderRow[];
  payments: PaymentRow[];
  refunds: RefundRow[];
  events: EventRow[];
  keys: KeyRow[];
  carts: CartRow[];
  adds: AddRow[];
  jobs: JobRow[];
  /** How often a key was claimed since the statistics of the server began. */
  claims: number;
  /** How often stock was asked for, counted likewise. */
  reserves: number;
}

export interface LineRow {
  sku: string;
  quantity: number;
}

export interface StockRow {
  sku: string;
  onHand: number;
  reserved: number;
  price: number;
  currency: string;
}

/** `lines` holds those of the schedule's SKUs. */
export interface ReservationRow {
  order: string;
  state: 'held' | 'committed' | 'released';
  expiresAt: number;
  lines: LineRow[];
}

export interface OrderRow {
  id: string;
  /** Whom the shop takes the shopper for. */
  buyer: string;
  state: string;
  email: string;
  name: string;
  line1: string;
  paymentMethod: string;
  shippingMethod: string;
  currency: string;
  items: number;
  shipping: number;
  tax: number;
  total: number;
  stock: string;
  placedAt: number;
  /** The last change of any kind: it ended then, or before. */
  changedAt: number;
  holdUntil: number | null;
  cartClearedAt: number | null;
  confirmedAt: number | null;
  lines: (LineRow & { price: number })[];
}

export interface PaymentRow {
  order: string;
  state: string;
  session: string | null;
  amount: number;
  currency: string;
  received: number;
  refunded: number;
  promised: number;
}

export interface RefundRow {
  order: string;
  amount: number;
  currency: string;
  state: string;
  providerId: string | null;
}

export interface EventRow {
  id: string;
  type: string;
  order: string;
  processed: boolean;
  outcome: string | null;
}

export interface KeyRow {
  buyer: string;
  key: string;
  status: number | null;
  body: string | null;
  abandoned: boolean;
}

export interface CartRow {
  buyer: string;
  lines: LineRow[];
}

export interface AddRow extends LineRow {
  buyer: string;
  key: string;
}

export interface JobRow {
  task: string;
  payload: unknown;
  attempts: number;
  maxAttempts: number;
  lastError: string | null;
}

/** Stock of one SKU, as seen during the run. */
export interface StockSample {
  at: number;
  sku: string;
  onHand: number;
  reserved: number;
}
