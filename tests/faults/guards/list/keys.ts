import { type Guard, guardsOf } from '../guard.ts';

const KEYS = 'services/order/src/keys/keys.test.ts';
const ONE_CART = 'services/order/src/checkout/one-cart.test.ts';
const LOST = 'services/order/src/keys/lost-claims.test.ts';
const ABANDONED = 'services/order/src/keys/abandoned.test.ts';

/** Idempotency: one order for each key of a shopper, and an answer that stays. */
export const keyGuards: Guard[] = [
  ...guardsOf('services/order/migrations/0014-one-checkout-at-a-time.sql', [
    { name: 'key claim: while its lease runs, the others wait', protects: ['I5'], text: 'where mine.status is null and mine.lease_until <= clock_timestamp() and mine.fingerprint', instead: 'where mine.status is null and mine.fingerprint', caughtBy: [KEYS, 'whose holder died is taken over when its lease has lapsed, not before'] },
    { name: 'key claim: one that was answered is not taken over', protects: ['I5'], text: 'where mine.status is null and mine.lease_until <= clock_timestamp() and', instead: 'where mine.lease_until <= clock_timestamp() and', caughtBy: [LOST, 'is repeated also long after the claim has lapsed'] },
    { name: 'key claim: one of another payload is not taken over', protects: ['I15'], text: ' and mine.fingerprint = excluded.fingerprint', instead: '', caughtBy: [KEYS, 'is not spent by a 503'] },
    { name: 'one checkout of a shopper at a time', protects: ['I14'], text: 'other.lease_until > clock_timestamp()', instead: 'false', caughtBy: [ONE_CART, 'waits for the first, and then orders what was added'] },
    { name: 'one checkout of a shopper at a time: also of two that begin together', protects: ['I14'], text: "  perform pg_advisory_xact_lock(hashtextextended('checkout of ' || of_shopper, 0));\n", instead: '', caughtBy: [LOST, 'waits for one that is being made, and then for its lease'] },
    { name: 'one checkout of a shopper at a time: who fell silent stores nothing', protects: ['I14'], text: 'set holder = nobody', instead: 'set holder = other.holder', caughtBy: [ONE_CART, 'has one order when the first fell silent'] },
  ]),
  ...guardsOf('services/order/src/keys/queries.ts', [
    { name: 'key claim: an answer is for its payload alone', protects: ['I15'], text: 'if (kept && fingerprint && !kept.fingerprint.equals(fingerprint)) throw', instead: 'if (false) throw', caughtBy: [KEYS, 'is refused with 422 for another payload'] },
    { name: 'key claim: it lapses soon after its holder died', protects: ['I8'], text: "const LEASE = sql.lit('2 seconds');", instead: "const LEASE = sql.lit('2 hours');", caughtBy: [KEYS, 'of one that was killed is taken over within the time that a checkout has'] },
    { name: 'key claim: a lapsed one is not renewed', protects: ['I5'], text: 'where k.status is null and k.lease_until > clock_timestamp()', instead: 'where k.status is null', caughtBy: [LOST, 'is not held on again'] },
    { name: 'key claim: only its holder renews it', protects: ['I5'], text: 'held(shopper, key, holder) using (shopper, key, holder)', instead: 'held(shopper, key, stranger) using (shopper, key)', caughtBy: [LOST, 'does not hold it on for the other'] },
    { name: 'key claim: only its holder stores an order', protects: ['I5'], text: 'if (rows.length === 0) throw new ClaimLost();', instead: '', caughtBy: [LOST, 'may not begin what only the holder may do'] },
    { name: 'key claim: only its holder keeps an answer', protects: ['I5', 'I7'], text: "    .where('holder', '=', claim.holder)\n", instead: '', caughtBy: [LOST, 'keeps no answer'] },
    { name: 'key claim: who lost it undoes what it did', protects: ['I5', 'I7'], text: 'if (numUpdatedRows === 0n) throw new ClaimLost();', instead: '', caughtBy: [LOST, 'keeps no answer'] },
    { name: 'key claim: only its holder lets go of it', protects: ['I5'], text: 'set lease_until = clock_timestamp(), holder = ${NOBODY}\n    where shopper = ${claim.shopper} and key = ${claim.key} and holder = ${claim.holder}::uuid', instead: 'set lease_until = clock_timestamp(), holder = ${NOBODY}\n    where shopper = ${claim.shopper} and key = ${claim.key}', caughtBy: [LOST, 'does not let go of it for the other'] },
    { name: 'key claim: one clears up behind a dead holder, after its lease', protects: ['I2', 'I8'], text: 'status is null and abandoned_at is null and lease_until <= clock_timestamp()', instead: 'status is null and abandoned_at is null', caughtBy: [ABANDONED, 'is cleared up behind by one, and only after its lease'] },
    { name: 'key claim: what was answered is left alone by those who clear up', protects: ['I6'], text: 'where shopper = ${shopper} and key = ${key} and status is null and abandoned_at is null', instead: 'where shopper = ${shopper} and key = ${key} and abandoned_at is null', caughtBy: [ABANDONED, 'is left alone once it was answered'] },
  ]),
  ...guardsOf('services/order/src/keys/answer.ts', [
    { name: 'a 5xx is never kept', protects: ['I8'], text: ' && error.status < 500', instead: '', caughtBy: [LOST, 'is never one that may be another tomorrow'] },
    { name: 'a 429 is never kept', protects: ['I8'], text: ' && error.status !== 429', instead: '', caughtBy: [LOST, 'is never one that may be another tomorrow'] },
  ]),
  ...guardsOf('services/order/src/keys/fingerprint.ts', [
    { name: 'a payload is known by what it means, not by its bytes', protects: ['I5'], text: '.sort(([a], [b]) => (a < b ? -1 : 1))', instead: '', caughtBy: [KEYS, 'does not mind the order in which members are written'] },
  ]),
  ...guardsOf('services/order/src/orders/identifiers.ts', [
    { name: 'a key belongs to its shopper', protects: ['I15'], text: '`order\\0${shopper}\\0${key}`', instead: '`order\\0${key}`', caughtBy: [KEYS, 'belongs to its shopper'] },
  ]),
];
