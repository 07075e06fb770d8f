/** Every task and what it is told. One file for each beside this one. */
export interface Tasks {
  'finish-sale': { orderId: string };
  'release-stock': { orderId: string; shopper: string };
  'expire-order': { orderId: string };
  'follow-payment': { orderId: string };
  'apply-payment-event': { eventId: string };
  'send-confirmation': { orderId: string };
  'end-abandoned': { shopper: string; key: string };
  /** By its order: as a replica of an earlier version writes it, which knew of no refunds. */
  'refund-payment': { refundId: string } | { orderId: string };
  /** The halves of `finish-sale`, as a replica of an earlier version writes them: to go once no such version can run beside this one. */
  'commit-stock': { orderId: string };
  'clear-cart': { orderId: string };
}

export type TaskName = keyof Tasks;
