import { type Guard, guardsOf } from '../guard.ts';

const SOLD = 'services/order/src/checkout/store-sold.test.ts';
const PLACE = 'services/order/src/checkout/place-order.test.ts';
const EARLIER = 'services/order/src/checkout/end-earlier.test.ts';
const ONE_CART = 'services/order/src/checkout/one-cart.test.ts';
const AGREED = 'services/order/src/checkout/agreed.test.ts';
const LIMITS = 'services/order/src/checkout/limits.test.ts';
const ENDED = 'services/order/src/jobs/ended-meanwhile.test.ts';
const TOTALS = 'services/order/src/checkout/totals.test.ts';
const KEYS = 'services/order/src/keys/keys.test.ts';
const PAYMENTS = 'services/order/src/payments/payments.test.ts';
const JOBS = 'services/order/src/jobs/jobs.test.ts';

/** The checkout itself: its steps and the compensation of each. */
export const checkoutGuards: Guard[] = [
  ...guardsOf('services/order/src/checkout/place-order.ts', [
    { name: 'price: what the shopper saw is what is charged', protects: ['I9'], text: 'amount !== quote.total.amount || expected', instead: 'expected', caughtBy: [PLACE, 'answers 409 total-changed with the new quote'] },
    { name: 'price: in the currency that the shopper saw', protects: ['I9'], text: ' || expected !== quote.total.currency', instead: '', caughtBy: [AGREED, 'is not ordered in another currency than the shopper saw'] },
    { name: 'claim: who is slow holds on to the key', protects: ['I5'], text: 'const letGo = deps.holdOn(claim);', instead: 'const letGo = () => undefined;', caughtBy: [KEYS, 'of one that is slow is held on to for as long as it works'] },
    { name: 'compensation: a claim is released when nothing is final', protects: ['I8'], text: "await releaseClaim(db, claim).catch((cause: unknown) => (deps.log.warn({ err: cause }, 'a claim was left to lapse'), true));", instead: 'await Promise.resolve(true);', caughtBy: [KEYS, 'is not spent by a 503'] },
    { name: 'who lost a claim answers as the other did', protects: ['I5'], text: '    if (!ours) return await keptAnswer(db, shopper, key);\n', instead: '', caughtBy: [KEYS, 'reserves nothing once the other was refused and has given back, and answers as the other did'] },
    { name: 'compensation: a refusal gives back what an earlier run reserved', protects: ['I2', 'I7'], text: "addJobs(trx, [job('release-stock', { orderId: orderIdOf(shopper, key), shopper })]);\n    });", instead: 'undefined;\n    });', caughtBy: [PLACE, 'gives back what an earlier run had reserved'] },
    { name: 'compensation: an order that can never be paid ends at once', protects: ['I2', 'I8'], text: 'if (isFinal(error)) await endUnpaid(deps, order, within);', instead: '', caughtBy: [PAYMENTS, 'ends the order at once when the provider will never take it'] },
    { name: 'compensation: a session that nobody was told of is ended', protects: ['I4'], text: "await provider.expire(session.id, within).catch((cause: unknown) => deps.log.warn({ err: cause, orderId: id }, 'a session was left to end by itself'));", instead: '', caughtBy: [EARLIER, 'of which the first fell silent while its payment was opened'] },
    { name: 'an earlier unpaid order ends before the new one', protects: ['I4'], text: 'await endEarlier(deps, headers, standing.waiting);', instead: 'void endEarlier;', caughtBy: [EARLIER, 'can pay the new order only'] },
    { name: 'expiry: its job is written with the order', protects: ['I2', 'I8'], text: "    await addJobs(trx, waitingJobs(order.id, deps.holdSeconds));\n", instead: '', caughtBy: [JOBS, 'ends when its hold lapses'] },
    { name: 'expiry: stock is held longer than an order may wait', protects: ['I3'], text: 'Math.ceil(deps.holdSeconds) + HOLD_MARGIN_S', instead: 'Math.ceil(deps.holdSeconds)', caughtBy: [AGREED, 'outlasts the time that a shopper has to pay'] },
    { name: 'an order is stored only by who still holds the key', protects: ['I5', 'I7'], text: '    await stillHeld(trx, claim);\n', instead: '', caughtBy: [KEYS, 'stores nothing (card), and answers as the other did'] },
    { name: '20 orders a day at most are due on delivery', protects: ['I8'], text: 'standing.due >= MOST_DUE', instead: 'false', caughtBy: [LIMITS, 'are at most 20 in 24 hours'] },
  ]),
  ...guardsOf('services/order/src/checkout/store-sold.ts', [
    { name: 'an answer is kept with its order', protects: ['I5'], text: 'from placed where idempotency_key.shopper', instead: 'from placed where false and idempotency_key.shopper', caughtBy: [KEYS, 'repeats the first answer byte for byte'] },
    { name: 'what follows an order is written with it', protects: ['I3', 'I13'], text: ' as wanted, order_jobs.add_jobs(specs)', instead: ' as wanted', caughtBy: [ENDED, 'has its jobs from that moment on'] },
    { name: 'a sold order is stored only by who still holds the key', protects: ['I5', 'I7'], text: ' and holder = ${holder}::uuid', instead: ' and ${holder}::uuid is not null', caughtBy: [SOLD, 'leaves nothing when its key was taken over'] },
    { name: 'who lost the key of a sold order is told', protects: ['I5', 'I7'], text: '  if (!outcome?.held) throw new ClaimLost();\n', instead: '  if (!outcome?.held) void ClaimLost;\n  if (!outcome) return false;\n', caughtBy: [SOLD, 'leaves nothing when its key was taken over'] },
  ]),
  ...guardsOf('services/order/src/checkout/take-cart.ts', [
    { name: 'a cart that is an order already is not ordered again', protects: ['I5'], text: 'if (same) throw orderedAs(deps.links, same.id);', instead: '', caughtBy: [ONE_CART, 'and has changed nothing is led to the order'] },
    { name: 'what was ordered leaves the cart before the rest is ordered', protects: ['I5'], text: '    await clear(deps, headers(), await getOrder(deps.db, id));\n', instead: '    void [clear, headers, getOrder];\n', caughtBy: [ONE_CART, 'and has added something orders that alone'] },
  ]),
  ...guardsOf('services/order/src/checkout/basket.ts', [
    { name: 'a cart that tells no version is not ordered', protects: ['I5'], text: 'if (!data.version) throw', instead: 'if (false) throw', caughtBy: [ONE_CART, 'is not ordered, because nothing would keep it from being ordered twice'] },
    { name: 'an empty cart is no order', protects: ['I9'], text: "if (data.lines.length === 0) throw cartEmpty({ detail: 'Put something into the cart first.' });", instead: '', caughtBy: [PLACE, 'answers 409 cart-empty'] },
    { name: 'what is no longer sold is not ordered', protects: ['I9'], text: 'if (data.unknown.length > 0) {', instead: 'if (false) {', caughtBy: [PLACE, 'answers 409 out-of-stock for what is no longer sold'] },
    { name: 'price: one currency', protects: ['I9'], text: 'if (price.currency !== currency) throw', instead: 'if (false) throw', caughtBy: [AGREED, 'is not ordered at a price in another currency'] },
  ]),
  ...guardsOf('services/order/src/checkout/end-earlier.ts', [
    { name: 'compensation: what an earlier order held goes back before the new one reserves', protects: ['I12'], text: 'return await release(deps, headers(), id);', instead: 'return;', caughtBy: [EARLIER, 'can be ordered again by its shopper, without waiting for any job'] },
  ]),
  ...guardsOf('services/order/src/checkout/totals.ts', [
    { name: 'amounts are whole and exact', protects: ['I9'], text: 'if (!Number.isSafeInteger(amount) || amount < 0) throw', instead: 'if (false) throw', caughtBy: [TOTALS, 'refuse what is not an amount'] },
  ]),
  ...guardsOf('services/order/src/checkout/quote.ts', [
    { name: 'an order is of 1,000 pieces at most', protects: ['I12'], text: 'if (units > MOST_UNITS) throw', instead: 'if (false) throw', caughtBy: [LIMITS, 'are at most 1,000'] },
    { name: 'an order is of no more than can be paid at once', protects: ['I4', 'I9'], text: 'if (total > LARGEST_TOTAL) throw', instead: 'if (false) throw', caughtBy: [LIMITS, 'is at most what can be paid at once'] },
  ]),
  ...guardsOf('services/order/src/checkout/routes.ts', [
    { name: 'no card number is kept with an order', protects: ['I7'], text: '      checkDelivery({ email, ...address });\n', instead: '      void [email, address];\n', caughtBy: [PLACE, 'that holds a card number is refused before the key is claimed'] },
  ]),
];
