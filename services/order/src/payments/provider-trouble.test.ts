import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type CallFault, wellBehaved } from '../../../../infra/local/src/sandbox/behaviour.ts';
import { ANSWER_MS } from '../checkout/patience.ts';
import { expireOrder } from '../jobs/expire-order.ts';
import { refundPayment } from '../jobs/refund-payment.ts';
import { requestRefund } from '../refunds/request.ts';
import { look, orderOf, paidOrder, placeByCard } from '../testing/paying.ts';
import { newKey, openShop, orderBody, type Shop, until } from '../testing/shop.ts';

const OPEN = 'POST /v1/checkout/sessions';
/** What the next calls of each route suffer. */
let faults: Record<string, CallFault[]> = {};
const onCall = async ({ method, route }: { method: string; route: string }) => faults[`${method} ${route}`]?.shift();
const behaviour = { ...wellBehaved, onCall };

afterEach(() => {
  expect(Object.values(faults).flat()).toEqual([]);
  faults = {};
});

describe('a checkout whose payment page', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop({ jobs: false, behaviour, answerMs: ANSWER_MS });
  });
  afterAll(() => shop.close());

  const sessionsOf = async (orderId: string) => {
    const { sessions } = await shop.ledger();
    return sessions.filter(({ reference }: { reference: string }) => reference === orderId);
  };
  const checkout = () => {
    const visitor = shop.shopper();
    const key = newKey();
    return { ...visitor, place: () => shop.place(visitor.headers, key, orderBody({ paymentMethod: 'card' })) };
  };

  it.each<[string, number, CallFault[]]>([
    ['is opened and its answer lost', 503, [{ kind: 'lost-answer' }, { kind: 'lost-answer' }]],
    ['is opened and never answered', 409, [{ kind: 'silence', after: 'work' }]],
    ['is never answered', 409, [{ kind: 'silence', after: 'nothing' }]],
    ['is answered after 10 s', 409, [{ kind: 'slow', ms: 10_000 }]],
    ['is answered after 3 s', 409, [{ kind: 'slow', ms: 3000 }]],
    ['fails with 500', 503, [{ kind: 'answer', status: 500 }]],
    ['is turned away with 429', 503, [{ kind: 'answer', status: 429 }]],
    ['fails with a 500 that is kept under its key', 503, [{ kind: 'stored-error' }]],
  ])('%s waits with its stock held (%i), and a repeat pays on one page', async (_, told, suffered) => {
    const { place, shopper } = checkout();
    const before = shop.catalog.stockOf('mug');
    faults = { [OPEN]: suffered };
    const first = await place();
    expect([first.statusCode, first.headers['retry-after']]).toEqual([told, '1']);
    expect(first.json().code).toBe(told === 409 ? 'request-in-progress' : 'unavailable');
    const { id } = await shop.db.selectFrom('order').select('id').where('shopper', '=', shopper).executeTakeFirstOrThrow();
    expect(await orderOf(shop, id)).toEqual({ state: 'awaiting_payment', stock: 'held' });
    expect(shop.catalog.stockOf('mug')).toBe(before - 2);
    const second = await until(async () => {
      const answer = await place();
      return answer.json().code !== 'request-in-progress' && answer;
    });
    expect([second.statusCode, second.json().id]).toEqual([201, id]);
    expect(await sessionsOf(id)).toHaveLength(1);
    expect((await shop.pay(second.json().payment.url)).statusCode).toBe(303);
    expect((await place()).body).toBe(second.body);
    const { charges } = await shop.ledger();
    const [{ intent }] = await sessionsOf(id);
    expect(charges.filter((charge: { intent: string }) => charge.intent === intent)).toHaveLength(1);
  });

  it('fails again and again under a new key each time is still opened, once for all who repeat', async () => {
    const { place } = checkout();
    faults = { [OPEN]: [{ kind: 'stored-error' }] };
    expect((await place()).statusCode).toBe(503);
    // The first key answers with what was kept; the second fails in its turn.
    faults = { [OPEN]: [{ kind: 'slow', ms: 0 }, { kind: 'stored-error' }] };
    expect((await place()).statusCode).toBe(503);
    const [answer] = await Promise.all([place(), place()]);
    const opened = answer.statusCode === 201 ? answer : await place();
    expect(opened.statusCode).toBe(201);
    expect(await sessionsOf(opened.json().id)).toHaveLength(1);
  });
});

describe('a provider that is silent', () => {
  let shop: Shop;
  beforeAll(async () => {
    // With one connection, whoever held it would be seen by everybody else.
    shop = await openShop({ jobs: false, behaviour, connections: 1, answerMs: ANSWER_MS });
  });
  afterAll(() => shop.close());

  /** Begins a call, and looks whether the database answers others while the provider has not answered it. */
  async function whileSilent(route: string, call: () => Promise<unknown>): Promise<void> {
    const silence: CallFault = { kind: 'silence', after: 'nothing' };
    faults = { [route]: [silence] };
    let ended = false;
    const outcome = call().then(
      (answer) => answer,
      (error: unknown) => error,
    );
    void outcome.then(() => (ended = true));
    while (faults[route]?.length !== 0) await shop.db.selectFrom('job_pool').select('id').execute();
    for (let i = 0; i < 20; i += 1) await shop.db.selectFrom('job_pool').select('id').execute();
    expect(ended).toBe(false);
    await outcome;
  }

  it('holds no database connection of a checkout', async () => {
    const { headers } = shop.shopper();
    await whileSilent(OPEN, () => shop.place(headers, newKey(), orderBody({ paymentMethod: 'card' })));
  });

  it('holds none of somebody who looks at an order', async () => {
    const order = await placeByCard(shop);
    await whileSilent('GET /v1/checkout/sessions/:id', () => look(shop, order));
  });

  it('holds none of a cancellation, nor of the end of a hold', async () => {
    const order = await placeByCard(shop);
    const expire = 'POST /v1/checkout/sessions/:id/expire';
    await whileSilent(expire, () => shop.app.inject({ method: 'POST', url: `/api/orders/${order.id}/cancel`, headers: order.headers }));
    await whileSilent(expire, () => expireOrder(shop.deps, { orderId: order.id }));
    expect(await orderOf(shop, order.id)).toEqual({ state: 'awaiting_payment', stock: 'held' });
  });

  it('holds none of a refund', async () => {
    const order = await paidOrder(shop);
    const { id: refundId } = await shop.db.transaction().execute((trx) => requestRefund(trx, { id: crypto.randomUUID(), orderId: order.id, amount: 500, reason: 'broken' }));
    for (const route of ['GET /v1/refunds', 'POST /v1/refunds']) await whileSilent(route, () => refundPayment(shop.deps, { refundId }));
  });
});
