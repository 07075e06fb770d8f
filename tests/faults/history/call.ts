/** ok: 2xx. fail: a definite refusal (4xx). info: no answer, reset, 5xx, 429 or 409 while the first is under way: nobody knows. */
export type Outcome = 'ok' | 'fail' | 'info';

export type Kind =
  | 'add' // POST /api/cart/lines
  | 'set' // PUT /api/cart/lines/:sku; 0 removes
  | 'empty' // DELETE /api/cart
  | 'cart' // GET /api/cart
  | 'quote'
  | 'order' // POST /api/orders
  | 'read' // GET /api/orders/:id
  | 'page' // GET /orders/:id
  | 'list' // GET /api/orders
  | 'peek' // GET of somebody else's order
  | 'cancel'
  | 'pay'; // POST of the provider's page

/** `closing`: the quiet time after all faults, in which a few shoppers buy what is left. */
export type Phase = 'rush' | 'closing';

/** What an order was asked for. */
export interface Ask {
  email: string;
  name: string;
  line1: string;
  paymentMethod: 'card' | 'on_delivery';
  shippingMethod: 'standard' | 'express';
  expectedTotal: { amount: number; currency: string };
}

/** One call as its client saw it. Times in milliseconds since the epoch. */
export interface Call {
  shopper: string;
  /** Text that stands in this shopper's name, address and e-mail, and in no other's. */
  canary: string;
  kind: Kind;
  phase: Phase;
  /** `edge` or the address of a gateway. */
  via: string;
  start: number;
  end: number;
  /** Sent by somebody whom the shop did not know yet: what came of it may belong to a guest that nobody is. */
  unknown?: true;
  /** The client hung up on purpose before it could hear all of the answer. */
  abandoned?: true;
  outcome: Outcome;
  /** 0: no answer. */
  status: number;
  /** Of the problem document. */
  code?: string;
  /** In seconds, as the answer said. */
  retryAfter?: number;
  key?: string;
  sku?: string;
  quantity?: number;
  ask?: Ask;
  /** Kept for `order` alone: what a repeat of the key must answer byte for byte. */
  body?: string;
  /** The order that was asked about, or that was answered. */
  order?: string;
  /** Its state in the answer. */
  state?: string;
  /** The amount in the answer. */
  total?: { amount: number; currency: string };
  /** `list`: every order in the answer. `cart` and `quote`: every line in the answer. `order`: what the shopper saw last. */
  orders?: { id: string; state: string }[];
  lines?: { sku: string; quantity: number }[];
  /** Which units were wanting, by a refusal for want of stock. */
  wanting?: string[];
  /** `pay`: what the provider's page said. */
  payment?: 'paid' | 'declined' | 'ended';
  /** Canaries of others in the answer. */
  foreign?: string[];
}
