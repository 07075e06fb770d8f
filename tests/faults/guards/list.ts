import type { Guard } from './guard.ts';
import { cartGuards } from './list/cart.ts';
import { catalogGuards } from './list/catalog.ts';
import { checkoutGuards } from './list/checkout.ts';
import { edgeGuards } from './list/edges.ts';
import { jobGuards } from './list/jobs.ts';
import { keyGuards } from './list/keys.ts';
import { orderConstraints } from './list/order-constraints.ts';
import { orderGuards } from './list/orders.ts';
import { paymentGuards } from './list/payments.ts';
import { refundGuards } from './list/refunds.ts';

/**
 * Every guard of the exact checkout. Not listed is what cannot go alone: a statement that names a unique index in
 * `on conflict` fails without it, `stock.on_hand >= 0` follows from the two other constraints of its table, and the jobs of a
 * silent process are those of an unknown one at the next heartbeat.
 */
export const guards: readonly Guard[] = [
  ...catalogGuards,
  ...cartGuards,
  ...orderConstraints,
  ...keyGuards,
  ...checkoutGuards,
  ...orderGuards,
  ...paymentGuards,
  ...refundGuards,
  ...jobGuards,
  ...edgeGuards,
];

/** For each test file the plain story that must go on while a guard is away. */
export const witnesses: Readonly<Record<string, string>> = {
  'services/catalog/src/stock/reserve.test.ts': 'holds all lines in one statement',
  'services/catalog/src/stock/constraints.test.ts': 'takes what is right',
  'services/catalog/src/stock/attempts.test.ts': 'takes up again what has lapsed',
  'services/catalog/src/variants/routes.test.ts': 'sees a reservation and a new price at once',
  'services/catalog/src/stock/turn-taking.test.ts': 'a reservation that waits for nobody holds its lines',
  'services/cart/src/carts/clear.test.ts': 'is not surprised by lines and carts that are gone',
  'services/cart/src/lines/routes.test.ts': 'takes SKUs as they are written',
  'services/cart/src/lines/concurrency.test.ts': 'add up exactly, the first ones of a new cart included',
  'services/cart/src/lines/bad-input.test.ts': 'is refused when it is not UTF-8',
  'services/order/src/constraints.test.ts': 'takes what is right',
  'services/order/src/payments/circuit.test.ts': 'an order on delivery is placed',
  'services/order/src/keys/keys.test.ts': 'is required, and is 8 to 255 visible characters',
  'services/order/src/keys/lost-claims.test.ts': 'may begin what only the holder may do, and keep the answer',
  'services/order/src/keys/abandoned.test.ts': 'makes a repeat wait while it is cleared up behind, and go on afterwards',
  'services/order/src/checkout/place-order.test.ts': 'accepts the order, keeps it with its lines and totals',
  'services/order/src/checkout/store-sold.test.ts': 'is stored with its lines, its jobs and its answer',
  'services/order/src/checkout/end-earlier.test.ts': 'keeps the first when the new one is refused for what is in it',
  'services/order/src/checkout/one-cart.test.ts': 'may order the same things again',
  'services/order/src/checkout/agreed.test.ts': 'is what was agreed',
  'services/order/src/checkout/limits.test.ts': 'may be few',
  'services/order/src/checkout/totals.test.ts': 'add up',
  'services/order/src/orders/orders.test.ts': 'shows the order to whoever has its private link',
  'services/order/src/orders/order-lock.test.ts': 'is paid when nobody else has it in hand',
  'services/order/src/payments/payments.test.ts': 'sends the shopper to the provider with what was agreed',
  'services/order/src/refunds/any-order.test.ts': 'counts until a bank sends it back',
  'services/order/src/payments/other-money.test.ts': 'a day late says the same as in time',
  'services/order/src/payments/session.test.ts': 'never ends because of a wrong API key',
  'services/order/src/payments/shared-clock.test.ts': 'is taken from the clock that all replicas share',
  'services/order/src/refunds/refund-order.test.ts': 'returns a part, says what it does and how things stand then',
  'services/order/src/refunds/refunds.test.ts': 'of what was shipped returns the money only',
  'services/order/src/refunds/provider-trouble.test.ts': 'is made once when nothing is in the way',
  'services/order/src/refunds/by-hand.test.ts': 'of a payment that some other system took',
  'services/order/src/jobs/jobs.test.ts': 'is written in the transaction of its cause, or not at all',
  'services/order/src/jobs/follow-payment.test.ts': 'is not looked for when the hold ends first',
  'services/order/src/jobs/ended-meanwhile.test.ts': 'is cleared of what was sold',
  'services/order/src/jobs/worker.test.ts': 'leaves no job locked and no heartbeat',
  'services/order/src/jobs/reconcile.test.ts': 'is left alone while its own job is on the way',
  'services/order/src/jobs/end-abandoned.test.ts': 'is no unfinished work',
  'services/order/src/jobs/send-confirmation.test.ts': 'is one mail, once it is accepted',
  'gateway/src/proxy/proxy.test.ts': 'passes bodies on as they are, byte for byte',
  'gateway/src/proxy/failure.test.ts': 'comes back by itself',
  'gateway/src/door/entry.test.ts': 'reach the service when they are what it needs',
  'gateway/src/door/cross-site.test.ts': 'may be cross-site when it only reads',
  'gateway/src/guests/guest.test.ts': 'stays the same with its cookie, and two guests are two',
  'infra/runtime/src/service.test.ts': 'is known from the header that the gateway signs',
  'infra/runtime/src/identity.test.ts': 'is accepted from a caller whose key is known',
  'infra/runtime/src/conflicts.test.ts': 'is counted as often as it was tried',
};
