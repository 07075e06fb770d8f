import { type Guard, guardsOf } from '../guard.ts';

const RESERVE = 'services/catalog/src/stock/reserve.test.ts';
const CONSTRAINTS = 'services/catalog/src/stock/constraints.test.ts';
const ATTEMPTS = 'services/catalog/src/stock/attempts.test.ts';
const PRICES = 'services/catalog/src/variants/routes.test.ts';
const TURNS = 'services/catalog/src/stock/turn-taking.test.ts';

/** Stock: who gets the last unit, and that every unit is counted once. */
export const catalogGuards: Guard[] = [
  ...guardsOf('services/catalog/migrations/0001-catalogue.sql', [
    { name: 'constraint: no more is reserved than lies there', protects: ['I1'], text: 'check (reserved <= on_hand)', instead: 'check (true)', caughtBy: [CONSTRAINTS, 'more reserved than there is'] },
    { name: 'constraint: nothing is reserved less than never', protects: ['I1', 'I2'], text: 'reserved integer not null default 0 check (reserved >= 0)', instead: 'reserved integer not null default 0', caughtBy: [CONSTRAINTS, 'less than nothing reserved'] },
    { name: 'constraint: a price is more than nothing', protects: ['I9'], text: 'price integer not null check (price > 0)', instead: 'price integer not null', caughtBy: [CONSTRAINTS, 'a price of nothing'] },
  ]),
  ...guardsOf('services/catalog/migrations/0002-reservations.sql', [
    { name: 'constraint: the states of a reservation', protects: ['I2'], text: "state text not null check (state in ('held', 'committed', 'released'))", instead: 'state text not null', caughtBy: [CONSTRAINTS, 'a reservation in a state that nobody knows'] },
    { name: 'constraint: a reserved line is of one unit at least', protects: ['I2'], text: 'quantity integer not null check (quantity > 0)', instead: 'quantity integer not null', caughtBy: [CONSTRAINTS, 'a reserved line of nothing'] },
    { name: 'constraint: a SKU stands once in a reservation', protects: ['I2'], text: ',\n  primary key (order_id, sku)', instead: '', caughtBy: [CONSTRAINTS, 'the same SKU twice in a reservation'] },
    { name: 'foreign key: a reserved line has a reservation', protects: ['I2'], text: 'order_id text collate "C" not null references reservation on delete cascade', instead: 'order_id text collate "C" not null', caughtBy: [CONSTRAINTS, 'a reserved line of no order'] },
  ]),
  ...guardsOf('services/catalog/src/stock/reserve.ts', [
    { name: 'conditional decrement: nothing is taken unless every line is free', protects: ['I1', 'I7'], text: 'from locked where free >= quantity) = cardinality', instead: 'from locked) = cardinality', caughtBy: [TURNS, 'is refused as sold out, and holds nothing'] },
    { name: 'lock: stock is compared under its lock', protects: ['I1'], text: 'order by s.sku for update of s', instead: 'order by s.sku', caughtBy: [TURNS, 'is refused as sold out also when the last units went'] },
    { name: 'lock order: a reservation locks in SKU order', protects: ['I8'], text: 'order by s.sku for update of s', instead: 'for update of s', caughtBy: [TURNS, 'a reservation'] },
    { name: 'one hold for each order, also when copies race', protects: ['I2', 'I5'], text: "where reservation.state = 'released' and", instead: 'where', caughtBy: [TURNS, 'holds of one order'] },
    { name: 'fence: a frozen attempt reserves nothing after it was cleared up behind', protects: ['I2', 'I7'], text: ' and reservation.attempt <= ${attempt ?? LATEST}::int', instead: '', caughtBy: [ATTEMPTS, 'takes nothing once somebody has cleared up behind it'] },
    { name: 'fence: who relies on a hold is counted', protects: ['I2'], text: 'attempt = greatest(r.attempt, ${attempt}::int)', instead: 'attempt = r.attempt', caughtBy: [ATTEMPTS, 'leaves alone what a later attempt found held'] },
    { name: 'an order cannot hold other lines under its name', protects: ['I5', 'I9'], text: "if (!hold.same) throw reservationMismatch({ detail: 'This order has already reserved other lines.' });", instead: '', caughtBy: [RESERVE, 'refuses other lines for the same order'] },
    { name: 'a hold is made longer, never shorter', protects: ['I3'], text: 'greatest(r.expires_at, clock_timestamp() + make_interval(secs => ${holdSeconds}::int))', instead: 'clock_timestamp() + make_interval(secs => ${holdSeconds}::int)', caughtBy: [RESERVE, 'holds once when it is asked again'] },
    { name: 'sold out is said only after lapsed holds were swept', protects: ['I12'], text: 'if ((await sweepLapsed(db)) > 0) return undefined;', instead: '', caughtBy: [RESERVE, 'never says sold out while a lapsed hold waits'] },
  ]),
  ...guardsOf('services/catalog/src/stock/settle.ts', [
    { name: 'a commitment takes no units that have been sold meanwhile', protects: ['I1'], text: 'from locked where ours or free >= quantity) =', instead: 'from locked) =', caughtBy: [RESERVE, 'says so when the units of a lapsed hold are gone'] },
    { name: 'a commitment after the release takes nothing', protects: ['I2'], text: "where p.state <> 'committed' and not p.given_back", instead: "where p.state <> 'committed'", caughtBy: [RESERVE, 'takes nothing for an order that released'] },
    { name: 'lock: two commitments of one order', protects: ['I2'], text: 'as given_back from reservation where order_id = ${orderId} for update', instead: 'as given_back from reservation where order_id = ${orderId}', caughtBy: [TURNS, 'commitments of one order'] },
    { name: 'lock: two releases of one order', protects: ['I1', 'I2'], text: ' and xmin = (select version from seen) for update\n    ), locked as materialized (\n      select s.sku, l.quantity, p.state from prior p', instead: '\n    ), locked as materialized (\n      select s.sku, l.quantity, p.state from prior p', caughtBy: [TURNS, 'releases of one order'] },
    { name: 'fence: a frozen clearing gives back nothing that a later attempt holds', protects: ['I2', 'I3'], text: ' and attempt <= ${by} and xmin', instead: ' and xmin', caughtBy: [ATTEMPTS, 'leaves alone what a later attempt has held'] },
    { name: 'fence: what is cleared up behind is remembered of an order that nobody knows', protects: ['I2', 'I7'], text: 'where not exists (select from seen)', instead: 'where false', caughtBy: [ATTEMPTS, 'takes nothing once somebody has cleared up behind it'] },
    { name: 'a release that met a reservation under way is done again', protects: ['I2', 'I7'], text: 'and xmin = (select version from seen) for update', instead: 'for update', caughtBy: [TURNS, 'of what is being reserved again at this moment gives it back'] },
    { name: 'a release that did nothing is not called done', protects: ['I2', 'I7'], text: 'return rows[0]?.settled === true;', instead: 'return rows.length > 0;', caughtBy: [TURNS, 'of what is being reserved at this moment gives it back'] },
    { name: 'lock order: a commitment locks in SKU order', protects: ['I8'], text: "and not p.given_back\n      order by s.sku for update of s", instead: "and not p.given_back\n      for update of s", caughtBy: [TURNS, 'a commitment'] },
    { name: 'lock order: a release locks in SKU order', protects: ['I8'], text: "where p.state <> 'released'\n      order by s.sku for update of s", instead: "where p.state <> 'released'\n      for update of s", caughtBy: [TURNS, 'a release'] },
  ]),
  ...guardsOf('services/catalog/src/stock/sweep.ts', [
    { name: 'expiry: only what has lapsed by the database’s clock is swept', protects: ['I2', 'I3'], text: "where state = 'held' and expires_at <= statement_timestamp()", instead: "where state = 'held'", caughtBy: [RESERVE, 'never says sold out while a lapsed hold waits'] },
    { name: 'lock: two sweepers of one hold', protects: ['I1', 'I2'], text: 'limit ${BATCH}::int for update skip locked', instead: 'limit ${BATCH}::int', caughtBy: [TURNS, 'sweepers of one hold'] },
    { name: 'lock order: a sweep locks in SKU order', protects: ['I8'], text: 'order by s.sku for update of s', instead: 'for update of s', caughtBy: [TURNS, 'a sweep'] },
  ]),
  ...guardsOf('services/catalog/src/variants/routes.ts', [
    { name: 'a checkout is told that there is too little only when lapsed holds have none of it', protects: ['I12'], text: 'if (isShort) found = bySku(await findVariantsWithLapsed(checkoutDb, skus));', instead: 'void [isShort, findVariantsWithLapsed];', caughtBy: [PRICES, 'calls nothing short that only lapsed holds have'] },
  ]),
  ...guardsOf('services/catalog/src/variants/queries.ts', [
    { name: 'expiry: only what has lapsed counts as free', protects: ['I1', 'I12'], text: " and r.expires_at <= statement_timestamp()", instead: '', caughtBy: [PRICES, 'does not take a hold that runs for one that has lapsed'] },
  ]),
  ...guardsOf('services/catalog/src/stock/routes.ts', [
    { name: 'caller check: stock moves for the order service alone', protects: ['I2'], text: "requireCaller('order');", instead: 'async () => undefined;', caughtBy: [RESERVE, 'answers nobody but the order service'] },
    { name: 'a SKU stands in one line of a reservation', protects: ['I9'], text: 'refuseRepeats(lines);', instead: '', caughtBy: [RESERVE, 'refuses a SKU twice with the field and the reason'] },
  ]),
  ...guardsOf('services/catalog/src/stock/schema.ts', [
    { name: 'quantities are whole numbers from 1', protects: ['I9'], text: 'Type.Integer({ minimum: 1, maximum: 10_000 })', instead: 'Type.Number()', caughtBy: [RESERVE, 'refuses a fraction with the field and the reason'] },
    { name: 'expiry: no hold lasts longer than a day', protects: ['I2'], text: 'Type.Integer({ minimum: 1, maximum: 86_400 })', instead: 'Type.Integer()', caughtBy: [RESERVE, 'refuses for ever with the field and the reason'] },
  ]),
];
