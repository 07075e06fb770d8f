import { type Guard, guardsOf } from '../guard.ts';

const REFUNDS = 'services/order/src/refunds/refunds.test.ts';
const COMMAND = 'services/order/src/refunds/refund-order.test.ts';
const TROUBLE = 'services/order/src/refunds/provider-trouble.test.ts';
const ANY_ORDER = 'services/order/src/refunds/any-order.test.ts';
const BY_HAND = 'services/order/src/refunds/by-hand.test.ts';
const PAYMENTS = 'services/order/src/payments/payments.test.ts';

/** Refunds: no more than came in, each once. */
export const refundGuards: Guard[] = [
  ...guardsOf('services/order/src/refunds/reckon.ts', [
    { name: 'what is promised is not promised again', protects: ['I4'], text: 'if (promised >= received) return false;', instead: '', caughtBy: [TROUBLE, 'between our look and our call is found out by the refusal'] },
    { name: 'what failed is not begun again by itself', protects: ['I4'], text: 'if (ended && cause !== undefined)', instead: 'cause ??= AUTOMATIC.ended;\n  if (ended)', caughtBy: [TROUBLE, 'of all that the provider refuses ends there'] },
  ]),
  ...guardsOf('services/order/src/refunds/request.ts', [
    { name: 'lock: of many who ask for a refund each sees what the others were promised', protects: ['I4'], text: 'Requested> {\n  await lockOrder(trx, orderId);\n  const same', instead: 'Requested> {\n  const same', caughtBy: [REFUNDS, 'when fifty ask at once'] },
    { name: 'a refund that is asked for again before it was seen is the same', protects: ['I4'], text: '  if (same) return same;\n', instead: '  void same;\n', caughtBy: [COMMAND, 'whose commit was not answered is found and not promised twice'] },
    { name: 'a refund that failed is made again for what is left', protects: ['I4'], text: 'if (amount > left) throw new NotRefundable(MORE, left);', instead: 'void left;', caughtBy: [COMMAND, 'does not make one again whose money was returned otherwise'] },
  ]),
  ...guardsOf('services/order/src/refunds/record.ts', [
    { name: 'a refund that was made by hand is counted', protects: ['I4'], text: 'await insertEnded(trx, byHand, state, id);', instead: 'void [insertEnded, byHand, state];', caughtBy: [BY_HAND, 'is recorded once, however often and in whatever order it is told'] },
    { name: 'lock: what is told of refunds is compared with what is known', protects: ['I4'], text: 'if (!(await lockOrder(trx, orderId))) return { refunds: [], failed: [] };', instead: '', caughtBy: [ANY_ORDER, 'is recorded once by two who are told at once'] },
    { name: 'a promise that cannot be kept is taken back', protects: ['I4'], text: "if (id === refused || amount > left) await endRefund(trx, id, 'failed', providerId);", instead: "if (false) await endRefund(trx, id, 'failed', providerId);", caughtBy: [TROUBLE, 'that the provider refuses is not promised any more'] },
    { name: 'what a bank has sent back never arrives after all', protects: ['I4', 'I16'], text: 'if (!isLast && (', instead: 'void isLast;\n  if ((', caughtBy: [ANY_ORDER, 'ends the same in whatever order'] },
    { name: 'compensation: what is still owed goes back in place of a refund that somebody was faster with', protects: ['I4'], text: 'overtaken ||= amount > left;', instead: '', caughtBy: [TROUBLE, 'of an order that ends is completed with the rest, by itself'] },
  ]),
  ...guardsOf('services/order/src/jobs/refund-payment.ts', [
    { name: 'the provider is asked what it returned before it returns more', protects: ['I4'], text: 'if (!refund || !(await isStillOpen(deps, refund))) return;', instead: 'if (!refund) return;', caughtBy: [TROUBLE, 'that was made is found although the provider has forgotten the key'] },
    { name: 'compensation: what an earlier version began to return goes back', protects: ['I4'], text: 'await reckon(trx, orderId, AUTOMATIC.ended);', instead: 'void [reckon, AUTOMATIC];', caughtBy: [REFUNDS, 'is made once by this one'] },
  ]),
  ...guardsOf('services/order/src/jobs/apply-payment-event.ts', [
    { name: 'a person is told of money that was sent back', protects: ['I4'], text: '  tellFailed(log, failed);\n', instead: '  void [tellFailed, log, failed];\n', caughtBy: [TROUBLE, 'and a person is told once'] },
  ]),
  ...guardsOf('services/order/src/payments/stripe.ts', [
    { name: 'a refund has one key for each attempt', protects: ['I4'], text: 'idempotencyKey: `${refundId}:${attempt}`', instead: 'idempotencyKey: `${refundId}:${attempt}:${Math.random()}`', caughtBy: [TROUBLE, 'is made once by two at once'] },
  ]),
  ...guardsOf('services/order/src/jobs/commit-stock.ts', [
    { name: 'compensation: a sold order that cannot be served ends', protects: ['I1', 'I3'], text: 'if (error && GONE.has(error.code)) return await endUnserved(deps, orderId);', instead: '', caughtBy: [PAYMENTS, 'goes back when the stock of a paid order is gone'] },
    { name: 'compensation: the money of an unserved order goes back', protects: ['I3', 'I4'], text: '    await reckon(trx, orderId, AUTOMATIC.stockGone);\n', instead: '    void reckon;\n', caughtBy: [PAYMENTS, 'goes back when the stock of a paid order is gone'] },
  ]),
];
