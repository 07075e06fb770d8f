import { type Guard, guardsOf } from '../guard.ts';

const CONSTRAINTS = 'services/order/src/constraints.test.ts';

/** What the database of orders refuses, whatever a program does. */
export const orderConstraints: Guard[] = [
  ...guardsOf('services/order/migrations/0001-orders.sql', [
    { name: 'constraint: the states of an order', protects: ['I8'], text: "state text not null check (state in ('awaiting_payment', 'paid', 'accepted', 'shipped', 'cancelled', 'refunded'))", instead: 'state text not null', caughtBy: [CONSTRAINTS, 'an order in a state that nobody knows'] },
    { name: 'constraint: the ways to pay', protects: ['I8'], text: "payment_method text not null check (payment_method in ('card', 'on_delivery'))", instead: 'payment_method text not null', caughtBy: [CONSTRAINTS, 'a way to pay that nobody knows'] },
    { name: 'constraint: a total adds up', protects: ['I9'], text: 'check (total = items + shipping)', instead: 'check (true)', caughtBy: [CONSTRAINTS, 'a total that does not add up'] },
    { name: 'constraint: items cost no less than nothing', protects: ['I9'], text: 'items integer not null check (items >= 0)', instead: 'items integer not null', caughtBy: [CONSTRAINTS, 'items for less than nothing'] },
    { name: 'constraint: shipping costs no less than nothing', protects: ['I9'], text: 'shipping integer not null check (shipping >= 0)', instead: 'shipping integer not null', caughtBy: [CONSTRAINTS, 'shipping for less than nothing'] },
    { name: 'constraint: a tax is no less than nothing', protects: ['I9'], text: 'tax integer not null check (tax >= 0)', instead: 'tax integer not null', caughtBy: [CONSTRAINTS, 'a tax of less than nothing'] },
    { name: 'constraint: an unpaid order has an end', protects: ['I8'], text: "check (state <> 'awaiting_payment' or hold_until is not null)", instead: 'check (true)', caughtBy: [CONSTRAINTS, 'an unpaid order without an end'] },
    { name: 'constraint: a line costs no less than nothing', protects: ['I9'], text: 'price integer not null check (price >= 0)', instead: 'price integer not null', caughtBy: [CONSTRAINTS, 'a line for less than nothing'] },
    { name: 'constraint: a line is of one unit at least', protects: ['I9'], text: 'quantity integer not null check (quantity >= 1)', instead: 'quantity integer not null', caughtBy: [CONSTRAINTS, 'a line of nothing'] },
    { name: 'unique: the places of an order’s lines', protects: ['I6', 'I9'], text: ',\n  primary key (order_id, position)', instead: '', caughtBy: [CONSTRAINTS, 'two lines in one place of an order'] },
    { name: 'foreign key: a line has an order', protects: ['I6'], text: 'order_id uuid not null references "order"', instead: 'order_id uuid not null', caughtBy: [CONSTRAINTS, 'a line of no order'] },
  ]),
  ...guardsOf('services/order/migrations/0002-idempotency-keys.sql', [
    { name: 'unique: a key is claimed once for each shopper', protects: ['I5', 'I15'], text: 'answered_at timestamptz,\n  primary key (shopper, key),', instead: 'answered_at timestamptz,', caughtBy: [CONSTRAINTS, 'two claims of one key'] },
    { name: 'constraint: 429 and 5xx are never kept', protects: ['I5', 'I8'], text: 'status smallint check (status between 200 and 499 and status <> 429)', instead: 'status smallint', caughtBy: [CONSTRAINTS, 'an answer of 429 or 5xx that is kept'] },
    { name: 'constraint: an answer is kept whole', protects: ['I5'], text: 'check ((status is null) = (body is null))', instead: 'check (true)', caughtBy: [CONSTRAINTS, 'half an answer'] },
  ]),
  ...guardsOf('services/order/migrations/0003-payments.sql', [
    { name: 'constraint: the states of a payment', protects: ['I4', 'I8'], text: "check (state in ('opening', 'open', 'paid', 'expired', 'refunding', 'refunded'))", instead: 'check (true)', caughtBy: [CONSTRAINTS, 'a payment in a state that nobody knows'] },
    { name: 'constraint: a payment is of something', protects: ['I4'], text: 'amount integer not null check (amount > 0)', instead: 'amount integer not null', caughtBy: [CONSTRAINTS, 'a payment of nothing'] },
    { name: 'constraint: paid is paid in full', protects: ['I4'], text: "check (state <> 'paid' or received = amount)", instead: 'check (true)', caughtBy: [CONSTRAINTS, 'a payment that is called paid and is not'] },
    { name: 'constraint: no more returned than received', protects: ['I4'], text: 'check (refunded between 0 and received)', instead: 'check (true)', caughtBy: [CONSTRAINTS, 'more returned than received'] },
    { name: 'unique: a session pays one order', protects: ['I4'], text: 'session_id text unique', instead: 'session_id text', caughtBy: [CONSTRAINTS, 'one session for two orders'] },
    { name: 'unique: an event is stored once', protects: ['I16'], text: 'id text primary key', instead: 'id text', caughtBy: [CONSTRAINTS, 'one event twice'] },
    { name: 'foreign key: an event has an order', protects: ['I16'], text: 'order_id uuid not null references "order"', instead: 'order_id uuid not null', caughtBy: [CONSTRAINTS, 'an event of no order'] },
  ]),
  ...guardsOf('services/order/migrations/0006-one-order-awaits-payment.sql', [
    { name: 'unique: a shopper has one order to pay', protects: ['I4', 'I5'], text: 'create unique index', instead: 'create index', caughtBy: [CONSTRAINTS, 'two orders of a shopper that await payment'] },
  ]),
  ...guardsOf('services/order/migrations/0007-one-order-for-each-cart.sql', [
    { name: 'unique: a cart is ordered once', protects: ['I5'], text: 'create unique index', instead: 'create index', caughtBy: [CONSTRAINTS, 'two orders of one cart'] },
  ]),
  ...guardsOf('services/order/migrations/0008-unfinished-work.sql', [
    { name: 'constraint: the states of an order’s stock', protects: ['I2'], text: "check (stock in ('held', 'committed', 'releasing', 'released'))", instead: 'check (true)', caughtBy: [CONSTRAINTS, 'stock in a state that nobody knows'] },
    { name: 'constraint: what is sold keeps its stock', protects: ['I1', 'I2'], text: "check (state not in ('awaiting_payment', 'paid', 'accepted', 'shipped') or stock in ('held', 'committed'))", instead: 'check (true)', caughtBy: [CONSTRAINTS, 'a sold order whose stock goes back'] },
  ]),
  ...guardsOf('services/order/migrations/0009-refunds.sql', [
    { name: 'constraint: the states of a refund', protects: ['I4', 'I8'], text: "check (state in ('open', 'done', 'failed'))", instead: 'check (true)', caughtBy: [CONSTRAINTS, 'a refund in a state that nobody knows'] },
    { name: 'constraint: a refund is of something', protects: ['I4'], text: 'amount integer not null check (amount > 0)', instead: 'amount integer not null', caughtBy: [CONSTRAINTS, 'a refund of nothing'] },
    { name: 'constraint: a refund ends once', protects: ['I4'], text: "check ((state = 'open') = (ended_at is null))", instead: 'check (true)', caughtBy: [CONSTRAINTS, 'a refund that ended and is open'] },
    { name: 'constraint: a refund that was made is known to the provider', protects: ['I4'], text: "check (state <> 'done' or provider_id is not null)", instead: 'check (true)', caughtBy: [CONSTRAINTS, 'a refund that is done and has no name'] },
    { name: 'constraint: no more is promised than was received', protects: ['I4'], text: 'check (promised between 0 and received)', instead: 'check (true)', caughtBy: [CONSTRAINTS, 'more promised than received'] },
    { name: 'unique: a refund of the provider is counted once', protects: ['I4'], text: 'provider_id text unique', instead: 'provider_id text', caughtBy: [CONSTRAINTS, 'one refund of the provider twice'] },
    { name: 'foreign key: a refund has a payment', protects: ['I4'], text: 'order_id uuid not null references payment (order_id)', instead: 'order_id uuid not null', caughtBy: [CONSTRAINTS, 'a refund of no payment'] },
  ]),
];
