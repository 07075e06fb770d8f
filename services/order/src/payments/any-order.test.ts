import { inTransaction } from '@emall/runtime';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { applyPaymentEvent } from '../jobs/apply-payment-event.ts';
import { expireOrder } from '../jobs/expire-order.ts';
import { refundPayment } from '../jobs/refund-payment.ts';
import { deliver, eventsAbout, finishPayments, intentOf, orderOf, paymentOf, placeByCard, refundsOf, returnedOf, secondSession, TOTAL } from '../testing/paying.ts';
import { openShop, type Shop } from '../testing/shop.ts';
import { settle } from './settle.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop({ jobs: false });
  shop.relay.held = true;
});
afterAll(() => shop.close());

/** What happens at the provider before anybody here hears of it, and what must come of it. */
interface Story {
  name: string;
  paid: boolean;
  byHand: number[];
  /** Also through a second session, which nobody agreed on. */
  twice?: boolean;
  end: { order: string; payment: string; received: number; refunded: number };
}

const stories: Story[] = [
  { name: 'nobody pays', paid: false, byHand: [], end: { order: 'cancelled', payment: 'expired', received: 0, refunded: 0 } },
  { name: 'paid', paid: true, byHand: [], end: { order: 'paid', payment: 'paid', received: TOTAL, refunded: 0 } },
  { name: 'paid twice', paid: true, byHand: [], twice: true, end: { order: 'paid', payment: 'paid', received: TOTAL, refunded: 0 } },
  { name: 'paid, a part returned by hand', paid: true, byHand: [500], end: { order: 'paid', payment: 'paid', received: TOTAL, refunded: 500 } },
  { name: 'paid, all returned by hand in two parts', paid: true, byHand: [500, TOTAL - 500], end: { order: 'refunded', payment: 'refunded', received: TOTAL, refunded: TOTAL } },
];

type Step = () => Promise<unknown>;

/** Plays a story at the provider. @returns the order, what it is known by there, and everything that can reach us of it */
async function play({ paid, byHand, twice = false }: Story) {
  const order = await placeByCard(shop);
  const { session_id: sessionId } = await paymentOf(shop, order.id);
  let intentId = '';
  if (paid) {
    await shop.pay(order.url);
    intentId = await intentOf(shop, sessionId ?? '');
    for (const amount of byHand) await shop.atProvider('/v1/refunds', { payment_intent: intentId, amount: String(amount) });
  } else {
    await shop.atProvider(`/v1/checkout/sessions/${sessionId}/expire`, {});
  }
  const bodies = await eventsAbout(shop, sessionId ?? '', paid ? 'checkout.session.completed' : 'checkout.session.expired');
  for (const type of byHand.length > 0 ? ['charge.refunded', 'refund.created'] : []) bodies.push(...(await eventsAbout(shop, intentId, type, byHand.length)));
  let secondIntent: string | undefined;
  if (twice) {
    const second = await secondSession(shop, order.id);
    await shop.pay(second.url);
    secondIntent = await intentOf(shop, second.id);
    bodies.push(...(await eventsAbout(shop, second.id, 'checkout.session.completed')));
  }
  const events = bodies.map((body): Step => async () => expect((await deliver(shop, body)).statusCode).toBe(200));

  const others: Step[] = [
    // An answer of the provider's own, as somebody who looks at the order brings it.
    async () => {
      const session = await shop.deps.provider.session(sessionId ?? '', { timeoutMs: 4000 });
      if (session) await inTransaction(shop.db, (trx) => settle(trx, order.id, session, 'by-provider'));
    },
    () => expireOrder(shop.deps, { orderId: order.id }),
    () => shop.app.inject({ method: 'POST', url: `/api/orders/${order.id}/cancel`, headers: order.headers }),
    async () => expect((await shop.sendWebhook(bodies[0] ?? '', 't=1,v1=00')).statusCode).toBe(400),
    ...[1, 2, 3].map(() => work),
  ];
  return { ...order, intentId, secondIntent, events, others };
}

/** One round of the jobs, with what is there for them now. */
async function work(): Promise<void> {
  for (const { id } of await shop.db.selectFrom('payment_event').select('id').where('processed_at', 'is', null).execute()) await applyPaymentEvent(shop.deps, { eventId: id });
  for (const { id } of await shop.db.selectFrom('refund').select('id').where('state', '=', 'open').execute()) await refundPayment(shop.deps, { refundId: id });
}

it('events in any order, any number of times, mixed with answers, jobs and forgeries, end the same', async () => {
  const property = fc.asyncProperty(fc.constantFrom(...stories), fc.array(fc.nat(), { maxLength: 12 }), fc.array(fc.nat(), { minLength: 5, maxLength: 5 }), async (story, picks, ranks) => {
    const { id, intentId, secondIntent, events, others } = await play(story);
    const all = [...events, ...others];
    for (const pick of picks) await all[pick % all.length]?.();
    // Each event is told at least once, in an order of its own.
    const last = events.map((step, i) => ({ step, rank: ranks[i] ?? 0 })).toSorted((a, b) => a.rank - b.rank);
    for (const { step } of last) await step();
    await finishPayments(shop);

    const { order, payment, received, refunded } = story.end;
    expect((await orderOf(shop, id)).state).toBe(order);
    expect(await paymentOf(shop, id)).toMatchObject({ state: payment, received, refunded, promised: refunded });
    const amounts = (list: number[]) => list.toSorted((a, b) => a - b);
    const second = secondIntent === undefined ? [] : await returnedOf(shop, secondIntent);
    expect(second).toEqual(story.twice ? [TOTAL] : []);
    expect(amounts((await refundsOf(shop, id)).map(({ amount }) => amount))).toEqual(amounts([...story.byHand, ...second]));
    expect(amounts(await returnedOf(shop, intentId))).toEqual(amounts(story.byHand));
  });
  await fc.assert(property, { numRuns: 40 });
});
