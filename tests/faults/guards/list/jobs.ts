import { type Guard, guardsOf } from '../guard.ts';

const JOBS = 'services/order/src/jobs/jobs.test.ts';
const WORKER = 'services/order/src/jobs/worker.test.ts';
const RECONCILE = 'services/order/src/jobs/reconcile.test.ts';
const ABANDONED = 'services/order/src/jobs/end-abandoned.test.ts';
const FOLLOW = 'services/order/src/jobs/follow-payment.test.ts';
const ENDED = 'services/order/src/jobs/ended-meanwhile.test.ts';
const MAIL = 'services/order/src/jobs/send-confirmation.test.ts';

/** Work that follows an order: nothing of it is lost, and nothing done that must not be. */
export const jobGuards: Guard[] = [
  ...guardsOf('services/order/src/migrate.ts', [
    { name: 'back-off: a failed job is tried again within 10 s', protects: ['I8'], text: "new.run_at := least(new.run_at, now() + interval '10 seconds');", instead: '', caughtBy: [JOBS, 'that fails is tried again within 10 s'] },
  ]),
  ...guardsOf('services/order/src/jobs/add-jobs.ts', [
    { name: 'a payment is followed while its order waits', protects: ['I3'], text: ', ...followJobs(orderId, holdSeconds)];', instead: '];', caughtBy: [FOLLOW, 'is found out within a minute'] },
  ]),
  ...guardsOf('services/order/src/jobs/heartbeat.ts', [
    { name: 'heartbeat: the jobs of a process that is silent or unknown are unlocked', protects: ['I8'], text: "where locked_by in (select id from silent)\n      or (locked_at < now() - interval '15 seconds'\n        and (locked_by not in (select id from job_pool) or (", instead: "where (locked_at < now() - interval '15 seconds'\n        and (false or (", caughtBy: [WORKER, 'is done by another one'] },
    { name: 'heartbeat: so are those of one that never beat', protects: ['I8'], text: 'locked_by not in (select id from job_pool)', instead: 'false', caughtBy: [WORKER, 'is done also when it died before its first heartbeat'] },
  ]),
  ...guardsOf('services/order/src/jobs/commit-stock.ts', [
    { name: 'only catalog’s own words end a sold order', protects: ['I3'], text: 'if (error && GONE.has(error.code)) return', instead: 'if (error) return', caughtBy: [JOBS, 'that catalog does not know is no reason to end a sold order'] },
  ]),
  ...guardsOf('services/order/src/jobs/expire-order.ts', [
    { name: 'stock is held for as long as an order can be paid', protects: ['I3'], text: 'const held = reserve(deps, headers, { orderId, lines: order.lines, holdSeconds: HOLD_MARGIN_S });', instead: 'const held = Promise.resolve(void [headers, reserve, HOLD_MARGIN_S]);', caughtBy: [JOBS, 'keeps its stock for as long as the provider does not say'] },
  ]),
  ...guardsOf('services/order/src/jobs/send-confirmation.ts', [
    { name: 'an order that has ended is not confirmed', protects: ['I13'], text: ' || !isSold(order)', instead: '', caughtBy: [MAIL, 'is not sent when the order has ended before'] },
    { name: 'a confirmation is not sent again', protects: ['I13'], text: ' || order.confirmed_at !== null', instead: '', caughtBy: [MAIL, 'is the same one file when several send it at once, and is never sent again'] },
  ]),
  ...guardsOf('services/order/src/jobs/finish-sale.ts', [
    { name: 'the cart of an order that has ended is left alone', protects: ['I14'], text: ' || !isSold(sale)', instead: '', caughtBy: [ENDED, 'is left to the shopper whose order was cancelled before'] },
  ]),
  ...guardsOf('services/order/src/jobs/release-stock.ts', [
    { name: 'the stock of an order that has not ended is not given back', protects: ['I2', 'I3'], text: 'if (order && !isEnded(order)) return;', instead: '', caughtBy: [ENDED, 'stays with an order that has not ended'] },
  ]),
  ...guardsOf('services/order/src/jobs/end-abandoned.ts', [
    { name: 'the stock of a stored order is not given back with its claim', protects: ['I2', 'I3'], text: 'if (!(await findOrder(db, orderId))) await release', instead: 'await release', caughtBy: [ABANDONED, 'keeps its stock, which the end of its hold gives back'] },
    { name: 'compensation: what a dead checkout reserved goes back', protects: ['I2'], text: 'if (!(await findOrder(db, orderId))) await release', instead: 'if (false) await release', caughtBy: [ABANDONED, 'holds nothing any more soon after a replica is back'] },
    { name: 'who clears up holds the key meanwhile', protects: ['I2'], text: 'const claim = await claimAbandoned(db, shopper, key);', instead: "const claim = (await claimAbandoned(db, shopper, key)) ?? { shopper, key, holder: '00000000-0000-0000-0000-000000000000', attempt: 99 };", caughtBy: [ABANDONED, 'keeps what they reserved when they were first'] },
  ]),
  ...guardsOf('services/order/src/jobs/reconcile.ts', [
    { name: 'reconciler: a lapsed hold', protects: ['I8'], text: "state = 'awaiting_payment' and hold_until < now() - interval ${GRACE}", instead: 'false', caughtBy: [RECONCILE, 'is found and gets its job: an order that nobody paid within its hold'] },
    { name: 'reconciler: stock on its way back', protects: ['I2'], text: "o.stock = 'releasing' or (o.stock = 'held' and o.state in ('cancelled', 'refunded'))),\n", instead: 'false),\n', caughtBy: [RECONCILE, 'is found and gets its job: stock on its way back'] },
    { name: 'reconciler: stock of a sold order', protects: ['I2'], text: "(o.stock = 'held' or o.cart_cleared_at is null)", instead: 'o.cart_cleared_at is null', caughtBy: [RECONCILE, 'is found and gets its job: a sold order whose stock is only held'] },
    { name: 'reconciler: the cart of a sold order', protects: ['I14'], text: "(o.stock = 'held' or o.cart_cleared_at is null)", instead: "o.stock = 'held'", caughtBy: [RECONCILE, 'is found and gets its job: a sold order whose cart is full'] },
    { name: 'reconciler: the confirmation of a sold order', protects: ['I13'], text: "o.confirmed_at is null and o.state in ('paid', 'accepted', 'shipped'))\n", instead: 'false)\n', caughtBy: [RECONCILE, 'is found and gets its job: a sold order'] },
    { name: 'reconciler: an event that was acknowledged', protects: ['I3', 'I16'], text: 'from payment_event where processed_at is null and', instead: 'from payment_event where false and', caughtBy: [RECONCILE, 'is found and gets its job: a payment event that was acknowledged'] },
    { name: 'reconciler: a refund that was promised', protects: ['I4'], text: "from refund where state = 'open' and", instead: 'from refund where false and', caughtBy: [RECONCILE, 'is found and gets its job: a refund that was promised'] },
    { name: 'reconciler: a key whose holder died', protects: ['I2', 'I8'], text: 'from idempotency_key where status is null and abandoned_at is null and', instead: 'from idempotency_key where false and', caughtBy: [RECONCILE, 'is found and gets its job: a key whose holder died'] },
    { name: 'reconciler: a job that was replaced while it was done is no dead letter', protects: ['I8'], text: '    await DROP_REPLACED.execute(trx);\n', instead: '    void DROP_REPLACED;\n', caughtBy: [RECONCILE, 'and is added again meanwhile leaves no dead letter'] },
    { name: 'reconciler: one replica at a time', protects: ['I13'], text: 'if (!lock?.ours) return {};', instead: 'void lock;', caughtBy: [RECONCILE, 'is added once, however many replicas look at the same moment'] },
    { name: 'reconciler: a job that is there is not added again', protects: ['I13'], text: 'where not exists (select from order_jobs._private_jobs j where j.key = ${JOB_KEY})', instead: '', caughtBy: [RECONCILE, 'is left as it is'] },
  ]),
];
