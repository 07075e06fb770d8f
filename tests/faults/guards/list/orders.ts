import { type Guard, guardsOf } from '../guard.ts';

const ORDERS = 'services/order/src/orders/orders.test.ts';
const LOCK = 'services/order/src/orders/order-lock.test.ts';
const JOBS = 'services/order/src/jobs/jobs.test.ts';

/** Orders that exist: who sees them, and that they end once. */
export const orderGuards: Guard[] = [
  ...guardsOf('services/order/src/orders/queries.ts', [
    { name: 'lock: an order changes its state once', protects: ['I4', 'I8'], text: '.forUpdate()', instead: '', caughtBy: [LOCK, 'is not paid when it was cancelled a moment before'] },
    { name: 'a list is of the own orders', protects: ['I10'], text: "    .where('shopper', '=', shopper)\n    .$if(", instead: '    .$if(', caughtBy: [ORDERS, 'lists only the own ones'] },
  ]),
  ...guardsOf('services/order/src/orders/cancel.ts', [
    { name: 'only what can still be cancelled is cancelled', protects: ['I6', 'I8'], text: 'if (now && isCancellable(now)) await cancel(trx, now);', instead: 'if (now) await cancel(trx, now);', caughtBy: [ORDERS, 'stays sent'] },
  ]),
  ...guardsOf('services/order/src/orders/end-unpaid.ts', [
    { name: 'expiry: the session ends before the stock is let go', protects: ['I3', 'I4'], text: 'const session = await provider.expire(sessionId, within);', instead: "const session = { ...(await provider.session(sessionId, within))!, state: 'expired' as const };", caughtBy: [JOBS, 'ends when its hold lapses'] },
  ]),
  ...guardsOf('services/order/src/orders/routes.ts', [
    { name: 'an order is shown to its shopper alone', protects: ['I10'], text: 'const owner = order !== undefined && request.identity?.shopper === order.shopper;', instead: 'const owner = order !== undefined;', caughtBy: [ORDERS, "answers somebody else's order like one that does not exist"] },
    { name: 'an order is cancelled by its shopper alone', protects: ['I10'], text: 'if (order?.shopper !== shopper) throw notFound();', instead: 'if (!order) throw notFound();', caughtBy: [ORDERS, "answers somebody else's order like one that does not exist"] },
    { name: 'a private link opens its own order alone', protects: ['I10'], text: 'key !== undefined && opens(key, order.link_hash)', instead: 'key !== undefined', caughtBy: [ORDERS, "answers somebody else's order like one that does not exist"] },
    { name: 'what is shown of an order is kept by no cache', protects: ['I10'], text: "reply.header('cache-control', 'no-store');", instead: 'void reply;', caughtBy: [ORDERS, 'shows the order to its shopper, uncached'] },
  ]),
];
