import { type Guard, guardsOf } from '../guard.ts';

const CLEAR = 'services/cart/src/carts/clear.test.ts';
const ADD = 'services/cart/src/lines/routes.test.ts';
const AT_ONCE = 'services/cart/src/lines/concurrency.test.ts';
const BAD_INPUT = 'services/cart/src/lines/bad-input.test.ts';

/** The cart: what is added once, and taken out once for each order. */
export const cartGuards: Guard[] = [
  ...guardsOf('services/cart/migrations/0001-carts.sql', [
    { name: 'unique: the key of an add', protects: ['I14'], text: '  added_at timestamptz not null default now(),\n  primary key (shopper, key)', instead: '  added_at timestamptz not null default now()', caughtBy: [ADD, 'adds once when twenty repeats arrive together'] },
    { name: 'unique: a cart is emptied once for each order', protects: ['I13', 'I14'], text: 'order_id text primary key', instead: 'order_id text', caughtBy: [CLEAR, 'does so once for each order'] },
    { name: 'constraint: 1 to 99 of one thing', protects: ['I9'], text: 'constraint cart_line_quantity check (quantity between 1 and 99)', instead: 'constraint cart_line_quantity check (true)', caughtBy: [AT_ONCE, 'holds no quantity outside 1..99'] },
    { name: 'constraint: a SKU of the cart is well formed', protects: ['I9'], text: "constraint cart_line_sku check (sku ~ '^[A-Za-z0-9._-]{1,40}$')", instead: 'constraint cart_line_sku check (true)', caughtBy: [AT_ONCE, 'holds no malformed SKU'] },
    { name: 'constraint: a price that was shown is no less than nothing', protects: ['I9'], text: 'constraint cart_line_price check (price_amount >= 0)', instead: 'constraint cart_line_price check (true)', caughtBy: [AT_ONCE, 'holds no price of less than nothing'] },
    { name: 'foreign key: a line of the cart has a cart', protects: ['I14'], text: 'shopper text not null references cart on delete cascade', instead: 'shopper text not null', caughtBy: [AT_ONCE, 'holds no line without its cart'] },
    { name: 'constraint: 100 different things at most', protects: ['I14'], text: 'select count(*) < most or', instead: 'select true or', caughtBy: [AT_ONCE, 'stop at 100 different things'] },
  ]),
  ...guardsOf('services/cart/src/lines/queries.ts', [
    { name: 'an add is decided by the line as it is then', protects: ['I14'], text: 'where ${newQuantity} <= ${sql.lit(MAX_QUANTITY)}', instead: '', caughtBy: [AT_ONCE, 'stop at 99 of one thing'] },
  ]),
  ...guardsOf('services/cart/src/lines/change.ts', [
    { name: 'a key of an add with another add is refused', protects: ['I15'], text: 'if (added?.sku !== sku || added.quantity !== quantity) throw idempotencyKeyReused();', instead: '', caughtBy: [ADD, 'is refused with 422 for another add'] },
    { name: 'a repeated add is found before anything is added', protects: ['I14'], text: 'if (before.added) return repeat(deps, request, before, { sku, quantity });', instead: '', caughtBy: [ADD, 'makes a repeat add nothing'] },
  ]),
  ...guardsOf('services/cart/src/carts/routes.ts', [
    { name: 'caller check: carts are emptied for the order service alone', protects: ['I14'], text: "requireCaller('order')", instead: 'async () => undefined', caughtBy: [CLEAR, 'is for order alone'] },
  ]),
  ...guardsOf('services/cart/src/lines/schema.ts', [
    { name: 'quantities of an add are whole numbers from 1', protects: ['I9'], text: 'quantity: Type.Integer({ minimum: 1, maximum: MAX_QUANTITY }) });', instead: 'quantity: Type.Number() });', caughtBy: [BAD_INPUT, 'is refused by POST with the quantity 1.5, and the field is named'] },
  ]),
];
