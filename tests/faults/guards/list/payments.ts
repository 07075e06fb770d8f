import { type Guard, guardsOf } from '../guard.ts';

const ENDED = 'services/order/src/jobs/ended-meanwhile.test.ts';
const PAYMENTS = 'services/order/src/payments/payments.test.ts';
const OTHER = 'services/order/src/payments/other-money.test.ts';
const SESSION = 'services/order/src/payments/session.test.ts';
const CIRCUIT = 'services/order/src/payments/circuit.test.ts';
const CLOCK = 'services/order/src/payments/shared-clock.test.ts';

/** Payments and webhooks: who says that money came, how often, and for what. */
export const paymentGuards: Guard[] = [
  ...guardsOf('services/order/src/payments/stripe.ts', [
    { name: 'signature check', protects: ['I16'], text: "stripe.webhooks.constructEvent(body, signature ?? '', webhookSecret, tolerance, undefined, receivedAt);", instead: '(void [signature, webhookSecret, tolerance, receivedAt], JSON.parse(body.toString()));', caughtBy: [PAYMENTS, 'is refused when it is forged, unsigned or older than five minutes'] },
    { name: 'signature check: no older than five minutes', protects: ['I16'], text: 'const TOLERANCE_S = 300;', instead: 'const TOLERANCE_S = 0;', caughtBy: [PAYMENTS, 'is refused when it is forged, unsigned or older than five minutes'] },
    { name: 'signature check: by the database’s clock', protects: ['I16'], text: 'verify(TOLERANCE_S, await now())', instead: 'verify(TOLERANCE_S)', caughtBy: [CLOCK, 'is too great after five minutes by that clock'] },
    { name: 'a repeated checkout opens the same session', protects: ['I4'], text: 'sessions.create(sessionOf(payment), { idempotencyKey, timeout })', instead: 'sessions.create(sessionOf(payment), { idempotencyKey: `${idempotencyKey}-${Math.random()}`, timeout })', caughtBy: [PAYMENTS, 'gives the same session to a repeat whose first answer was lost'] },
  ]),
  ...guardsOf('services/order/src/payments/circuit.ts', [
    { name: 'a provider that is away is not asked by everybody', protects: ['I17'], text: 'const end = begin(breaker);', instead: 'const end = (_: unknown) => void breaker;', caughtBy: [CIRCUIT, 'is not asked any more once it has not answered for a while'] },
  ]),
  ...guardsOf('services/order/src/checkout/place-order.ts', [
    { name: 'nothing is reserved for a payment that cannot be made', protects: ['I7'], text: "if (body.paymentMethod === 'card' && deps.provider.isAway()) throw noCards();", instead: 'void noCards;', caughtBy: [CIRCUIT, 'an order by card is refused before anything is taken out of sale'] },
  ]),
  ...guardsOf('services/order/src/payments/webhook.ts', [
    { name: 'an event is stored before it is acknowledged', protects: ['I3', 'I16'], text: 'await inTransaction(db, async (trx) => {', instead: 'void inTransaction(db, async (trx) => {', caughtBy: [PAYMENTS, 'is stored before it is acknowledged'] },
    { name: 'an event of an order that is not ours is refused', protects: ['I16'], text: "if (stored === 'unknown-order') throw unknownOrder();", instead: '', caughtBy: [PAYMENTS, 'for an order that is not ours is refused and not kept'] },
  ]),
  ...guardsOf('services/order/src/payments/queries.ts', [
    { name: 'an event that comes again is known', protects: ['I16'], text: '      on conflict (id) do nothing\n', instead: '', caughtBy: [PAYMENTS, 'changes an order once, however often it comes'] },
    { name: 'nobody is sent to pay for an order that has ended', protects: ['I4'], text: "where id = ${orderId}::uuid and state = 'awaiting_payment' for update\n    )\n    update payment set state = 'open', session_id = ${session.id}, url = ${session.url ?? null}, updated_at = now()\n    from waiting where order_id = waiting.id and payment.state in ('opening', 'open')", instead: "where id = ${orderId}::uuid for update\n    )\n    update payment set state = 'open', session_id = ${session.id}, url = ${session.url ?? null}, updated_at = now()\n    from waiting where order_id = waiting.id", caughtBy: [SESSION, 'of an order that was cancelled meanwhile is not recorded'] },
    { name: 'lock: a session is recorded or its order ends, not both', protects: ['I4'], text: "and state = 'awaiting_payment' for update", instead: "and state = 'awaiting_payment'", caughtBy: [SESSION, 'that is recorded while its order is cancelled is ended too'] },
  ]),
  ...guardsOf('services/order/src/payments/settle.ts', [
    { name: 'paid is what was agreed: the amount', protects: ['I4'], text: 'amount === payment.amount && ', instead: '', caughtBy: [PAYMENTS, 'with another amount, currency or session never makes an order paid'] },
    { name: 'paid is what was agreed: the currency', protects: ['I4'], text: ' && sameCurrency;', instead: ';', caughtBy: [PAYMENTS, 'with another amount, currency or session never makes an order paid'] },
    { name: 'paid is what was agreed: the session', protects: ['I4'], text: 'const agreed = ours && ', instead: 'const agreed = ', caughtBy: [PAYMENTS, 'with another amount, currency or session never makes an order paid'] },
    { name: 'expiry: only the order’s own session ends it', protects: ['I3', 'I16'], text: "if (!ours || order.state !== 'awaiting_payment') return 'unchanged';", instead: "if (order.state !== 'awaiting_payment') return 'unchanged';", caughtBy: [OTHER, 'that lapses unused leaves the first one open'] },
    { name: 'a webhook that disagrees is looked into', protects: ['I16'], text: "if (!agreed && told === 'by-webhook') return 'disagrees';", instead: '', caughtBy: [PAYMENTS, 'with another amount, currency or session never makes an order paid'] },
    { name: 'compensation: money of another amount goes back', protects: ['I3', 'I4'], text: "if (agreed && order.state === 'awaiting_payment') {", instead: "if (order.state === 'awaiting_payment') {", caughtBy: [OTHER, 'never pays an order, and goes back: 2894 gbp'] },
    { name: 'compensation: a second payment goes back', protects: ['I4'], text: "if (!ours) return (await returnRest(trx, { ...unwanted, reason: AUTOMATIC.paidTwice }, [])) ? 'returning' : 'unchanged';", instead: "if (!ours) return 'unchanged';", caughtBy: [OTHER, 'goes back by itself, and the order stays paid by the first'] },
    { name: 'a payment without a name pays nothing', protects: ['I4'], text: "if (told === 'by-webhook') return 'disagrees';\n    throw unavailable(", instead: "if (payment.intent_id !== null) throw unavailable(", caughtBy: [OTHER, 'is asked of the provider until it has one'] },
    { name: 'a payment that is known changes nothing more', protects: ['I4', 'I16'], text: "if (payment.intent_id !== null) return 'unchanged';", instead: '', caughtBy: [PAYMENTS, 'knows of the payment when the shopper comes back before the webhook'] },
    { name: 'compensation: money for an ended order goes back', protects: ['I3', 'I4'], text: '  await reckon(trx, orderId, reason);\n', instead: '  void reckon;\n', caughtBy: [PAYMENTS, 'goes back by itself'] },
  ]),
  ...guardsOf('services/order/src/jobs/apply-payment-event.ts', [
    { name: 'the payment of one order is no other’s', protects: ['I4', 'I16'], text: 'truth?.orderId === orderId ? await', instead: 'truth ? await', caughtBy: [OTHER, 'neither pays this one nor goes back'] },
  ]),
  ...guardsOf('services/order/src/orders/end-unpaid.ts', [
    { name: 'what the provider does not know is not ended while it may be paid elsewhere', protects: ['I4'], text: 'if (!holdUntil || (await databaseClock(db)) < provider.endOf({ placedAt, holdUntil }).getTime()) {', instead: 'if (!holdUntil) {', caughtBy: [SESSION, 'that the provider does not know changes nothing'] },
  ]),
  ...guardsOf('services/order/src/payments/ending.ts', [
    { name: 'compensation: an order that ends gives back its stock', protects: ['I2'], text: "  await addJobs(trx, [job('release-stock', { orderId: id, shopper })]);\n", instead: '', caughtBy: [ENDED, 'of an order that is cancelled has a job from that moment on'] },
  ]),
];
