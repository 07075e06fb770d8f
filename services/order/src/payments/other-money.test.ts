import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { recordLog } from '@emall/runtime/testing';
import { applyPaymentEvent } from '../jobs/apply-payment-event.ts';
import { deliver, eventsAbout, finishPayments, intentOf, look, orderOf, paidOrder, paymentOf, placeByCard, refundsOf, returnedOf, secondSession, TOTAL } from '../testing/paying.ts';
import { newKey, openShop, orderBody, type Shop } from '../testing/shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop({ jobs: false, goods: [{ sku: 'mug', price: 1250, stock: 1000 }, { sku: 'last', price: 2500, stock: 1 }] });
});
afterAll(() => shop.close());
beforeEach(() => {
  shop.relay.held = true;
});

async function tell(what: string): Promise<void> {
  for (const body of await eventsAbout(shop, what, 'checkout.session.completed')) expect((await deliver(shop, body)).statusCode).toBe(200);
}

describe('a payment of which the webhook tells', () => {
  it('a day late says the same as in time', async () => {
    const order = await placeByCard(shop);
    await shop.pay(order.url);
    const [completed = ''] = await eventsAbout(shop, order.id, 'checkout.session.completed');
    // Whoever delivers it again signs it again.
    const created = (JSON.parse(completed) as { created: number }).created;
    await deliver(shop, completed.replace(`"created":${created}`, `"created":${created - 86_400}`));
    await finishPayments(shop);
    expect((await orderOf(shop, order.id)).state).toBe('paid');
  });
});

describe('a second payment for one order', () => {
  it('goes back by itself, and the order stays paid by the first', async () => {
    const order = await paidOrder(shop);
    const second = await secondSession(shop, order.id);
    await shop.pay(second.url);
    for (const _ of [1, 2, 3]) await tell(second.id);
    await finishPayments(shop);
    expect(await returnedOf(shop, await intentOf(shop, second.id))).toEqual([TOTAL]);
    expect(await returnedOf(shop, order.intentId)).toEqual([]);
    expect(await orderOf(shop, order.id)).toMatchObject({ state: 'paid' });
    expect(await paymentOf(shop, order.id)).toMatchObject({ state: 'paid', received: TOTAL, promised: 0, refunded: 0 });
    expect(await refundsOf(shop, order.id)).toMatchObject([{ state: 'done', reason: 'the order was paid twice' }]);
  });

  it('that comes before the first goes back too, and the first still pays the order', async () => {
    const order = await placeByCard(shop);
    const second = await secondSession(shop, order.id);
    await shop.pay(second.url);
    await tell(second.id);
    await finishPayments(shop);
    expect((await orderOf(shop, order.id)).state).toBe('awaiting_payment');
    await shop.pay(order.url);
    expect((await look(shop, order)).state).toBe('paid');
    expect(await returnedOf(shop, await intentOf(shop, second.id))).toEqual([TOTAL]);
    expect(await paymentOf(shop, order.id)).toMatchObject({ state: 'paid', received: TOTAL, refunded: 0 });
  });

  it('that somebody returned in part by hand is completed', async () => {
    const order = await paidOrder(shop);
    const second = await secondSession(shop, order.id);
    await shop.pay(second.url);
    await tell(second.id);
    const intentId = await intentOf(shop, second.id);
    // The job of its event asks for the refund; somebody is faster.
    await shop.atProvider('/v1/refunds', { payment_intent: intentId, amount: '1000' });
    await finishPayments(shop);
    expect(await returnedOf(shop, intentId)).toEqual([1000, TOTAL - 1000]);
    expect(await paymentOf(shop, order.id)).toMatchObject({ state: 'paid', promised: 0, refunded: 0 });
  });

  it('for an order that has ended leaves it ended', async () => {
    const order = await placeByCard(shop);
    expect((await shop.app.inject({ method: 'POST', url: `/api/orders/${order.id}/cancel`, headers: order.headers })).statusCode).toBe(200);
    const second = await secondSession(shop, order.id);
    await shop.pay(second.url);
    await tell(second.id);
    await finishPayments(shop);
    expect(await returnedOf(shop, await intentOf(shop, second.id))).toEqual([TOTAL]);
    expect((await orderOf(shop, order.id)).state).toBe('cancelled');
  });
});

describe('a second way to pay one order', () => {
  it('that lapses unused leaves the first one open', async () => {
    const order = await placeByCard(shop);
    const second = await secondSession(shop, order.id);
    await shop.atProvider(`/v1/checkout/sessions/${second.id}/expire`, {});
    const [expired = ''] = await eventsAbout(shop, second.id, 'checkout.session.expired');
    expect((await deliver(shop, expired)).statusCode).toBe(200);
    await finishPayments(shop);
    expect(await orderOf(shop, order.id)).toEqual({ state: 'awaiting_payment', stock: 'held' });
    await shop.pay(order.url);
    expect((await look(shop, order)).state).toBe('paid');
  });
});

describe('the payment of another order', () => {
  it('neither pays this one nor goes back', async () => {
    const [unpaid, paid] = [await placeByCard(shop), await paidOrder(shop)];
    const books = () => Promise.all([orderOf(shop, paid.id), paymentOf(shop, paid.id), orderOf(shop, unpaid.id), paymentOf(shop, unpaid.id)]);
    const before = await books();
    const [completed = ''] = await eventsAbout(shop, paid.id, 'checkout.session.completed');
    const event = JSON.parse(completed.replaceAll(paid.id, unpaid.id));
    event.id = `evt_${crypto.randomUUID()}`;
    expect(event.data.object).toMatchObject({ id: before[1].session_id, metadata: { order: unpaid.id }, payment_intent: paid.intentId });
    expect((await deliver(shop, JSON.stringify(event))).statusCode).toBe(200);
    await finishPayments(shop);
    expect(await books()).toEqual(before);
    expect(await returnedOf(shop, paid.intentId)).toEqual([]);
    expect([...(await refundsOf(shop, paid.id)), ...(await refundsOf(shop, unpaid.id))]).toEqual([]);
    const { charges } = await shop.ledger();
    expect(charges.filter(({ intent }: { intent: string }) => intent === paid.intentId)).toHaveLength(1);
    await shop.pay(unpaid.url);
    expect((await look(shop, unpaid)).state).toBe('paid');
  });
});

describe('money of another amount or currency', () => {
  it.each([{ amount: TOTAL - 1, currency: 'gbp' }, { amount: TOTAL + 1, currency: 'gbp' }, { amount: TOTAL, currency: 'eur' }])('never pays an order, and goes back: $amount $currency', async (other) => {
    for (const way of ['by webhook', 'by the provider’s own answer']) {
      const order = await placeByCard(shop);
      const session = await secondSession(shop, order.id, other);
      await shop.db.updateTable('payment').set({ session_id: session.id }).where('order_id', '=', order.id).execute();
      await shop.pay(session.url);
      const { log, lines } = recordLog();
      const { log: silent } = shop.deps;
      shop.deps.log = log;
      if (way === 'by webhook') await tell(session.id);
      else expect((await look(shop, order)).state).toBe('cancelled');
      await finishPayments(shop);
      shop.deps.log = silent;
      const errors = lines.map((line) => JSON.parse(line)).filter(({ level }) => level === 'error');
      expect(errors).toContainEqual(expect.objectContaining({ orderId: order.id, amount: other.amount, currency: other.currency.toUpperCase() }));
      expect(await returnedOf(shop, await intentOf(shop, session.id))).toEqual([other.amount]);
      expect(await orderOf(shop, order.id)).toMatchObject({ state: 'refunded', stock: 'releasing' });
      expect(await paymentOf(shop, order.id)).toMatchObject({ state: 'refunded', received: other.currency === 'gbp' ? other.amount : 0 });
    }
  });
});

describe('a payment that has no name yet', () => {
  it('is asked of the provider until it has one: it pays the order once, and nothing goes back', async () => {
    const order = await placeByCard(shop);
    await shop.pay(order.url);
    const [completed = ''] = await eventsAbout(shop, order.id, 'checkout.session.completed');
    const event = JSON.parse(completed);
    event.data.object.payment_intent = null;
    await deliver(shop, JSON.stringify(event));
    const { provider } = shop.deps;
    const nameless = async (...args: Parameters<typeof provider.session>) => {
      const session = await provider.session(...args);
      return session && { ...session, intentId: undefined };
    };
    await expect(applyPaymentEvent({ ...shop.deps, provider: { ...provider, session: nameless } }, { eventId: event.id })).rejects.toMatchObject({ code: 'unavailable' });
    expect((await orderOf(shop, order.id)).state).toBe('awaiting_payment');
    await finishPayments(shop);
    expect(await look(shop, order)).toMatchObject({ state: 'paid', payment: { state: 'paid' } });
    expect(await refundsOf(shop, order.id)).toEqual([]);
  });
});

describe('a webhook', () => {
  it('3.4 Webhook for a reservation that has expired and sold: of an order that ended and whose units were sold to somebody else returns the money, and nothing is oversold', async () => {
    const early = await placeByCard(shop, shop.shopper([{ sku: 'last', quantity: 1 }]));
    await shop.pay(early.url);
    // As if a provider that had lost its memory had said that nobody paid.
    await shop.db.updateTable('order').set({ state: 'cancelled', stock: 'released' }).where('id', '=', early.id).execute();
    await shop.db.updateTable('payment').set({ state: 'expired' }).where('order_id', '=', early.id).execute();
    shop.catalog.lapse(early.id);
    const late = shop.shopper([{ sku: 'last', quantity: 1 }]);
    expect((await shop.place(late.headers, newKey(), orderBody())).statusCode).toBe(201);
    await tell(early.id);
    await finishPayments(shop);
    expect(await look(shop, early)).toMatchObject({ state: 'refunded', payment: { state: 'refunded', refunded: { amount: TOTAL } } });
    expect(await refundsOf(shop, early.id)).toMatchObject([{ state: 'done', amount: TOTAL, reason: 'the order had ended' }]);
    expect(shop.catalog.stockOf('last')).toBe(0);
  });
});
