import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { deliver, eventsAbout, finishPayments, look, orderOf, paidOrder, paymentOf, placeByCard, refundsOf, returnedOf, TOTAL } from '../testing/paying.ts';
import { openShop, type Shop } from '../testing/shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop({ jobs: false });
});
afterAll(() => shop.close());
beforeEach(() => {
  // Each test says which event arrives, and when.
  shop.relay.held = true;
});

const byHand = (intentId: string, amount: number) => shop.atProvider('/v1/refunds', { payment_intent: intentId, amount: String(amount) });
const storedFor = (orderId: string) => shop.db.selectFrom('payment_event').select(['id', 'outcome']).where('order_id', '=', orderId).execute();

async function payment() {
  const order = await placeByCard(shop);
  await shop.pay(order.url);
  const { intents } = await shop.ledger();
  const intentId: string = intents.find(({ metadata }: { metadata: { order?: string } }) => metadata.order === order.id).id;
  return { ...order, intentId };
}

describe('a refund made by hand at the provider', () => {
  it('is recorded once, however often and in whatever order it is told', async () => {
    const order = await paidOrder(shop);
    await byHand(order.intentId, 500);
    await byHand(order.intentId, 700);
    const about = await Promise.all(['charge.refunded', 'refund.created'].map((type) => eventsAbout(shop, order.intentId, type, 2)));
    const told = about.flat().toReversed();
    for (const body of [...told, ...told]) expect((await deliver(shop, body)).statusCode).toBe(200);
    await finishPayments(shop);
    expect(await storedFor(order.id)).toHaveLength(4);
    const recorded = (await refundsOf(shop, order.id)).toSorted((a, b) => a.amount - b.amount);
    expect(recorded).toMatchObject([500, 700].map((amount) => ({ state: 'done', amount, reason: 'at the provider' })));
    expect(await look(shop, order)).toMatchObject({ state: 'paid', payment: { state: 'paid', refunded: { amount: 1200 } } });
  });

  it('of all ends the order', async () => {
    const order = await paidOrder(shop);
    await byHand(order.intentId, TOTAL);
    const [created = ''] = await eventsAbout(shop, order.intentId, 'refund.created');
    await deliver(shop, created);
    await finishPayments(shop);
    expect(await orderOf(shop, order.id)).toEqual({ state: 'refunded', stock: 'releasing' });
    expect(await returnedOf(shop, order.intentId)).toEqual([TOTAL]);
  });

  it('is stored before it is acknowledged', async () => {
    const order = await paidOrder(shop);
    await byHand(order.intentId, 500);
    const [created = ''] = await eventsAbout(shop, order.intentId, 'refund.created');
    await deliver(shop, created);
    expect(await storedFor(order.id)).toEqual([{ id: JSON.parse(created).id, outcome: null }]);
  });

  it.each([500, TOTAL])('of %i that is told before the payment is found with its payment', async (amount) => {
    const order = await payment();
    await byHand(order.intentId, amount);
    const [refunded = ''] = await eventsAbout(shop, order.intentId, 'charge.refunded');
    await deliver(shop, refunded);
    await finishPayments(shop);
    const [completed = ''] = await eventsAbout(shop, order.id, 'checkout.session.completed');
    await deliver(shop, completed);
    await finishPayments(shop);
    expect((await orderOf(shop, order.id)).state).toBe(amount === TOTAL ? 'refunded' : 'paid');
    expect(await paymentOf(shop, order.id)).toMatchObject({ received: TOTAL, refunded: amount, promised: amount });
    expect(await returnedOf(shop, order.intentId)).toEqual([amount]);
  });
});

describe('an event about a refund', () => {
  it('of a payment that some other system took on the same account is acknowledged and left alone', async () => {
    const order = await payment();
    await byHand(order.intentId, 500);
    const [created = ''] = await eventsAbout(shop, order.intentId, 'refund.created');
    expect((await deliver(shop, created)).statusCode).toBe(200);
    expect(await storedFor(order.id)).toEqual([]);
  });

  it('that names an order we do not have is refused', async () => {
    const order = await payment();
    await byHand(order.intentId, 500);
    const [refunded = ''] = await eventsAbout(shop, order.intentId, 'charge.refunded');
    const other = refunded.replaceAll(order.id, crypto.randomUUID());
    const response = await deliver(shop, other);
    expect([response.statusCode, response.json().code]).toEqual([400, 'unknown-order']);
  });

  it('that is forged or stale is refused and changes nothing', async () => {
    const order = await paidOrder(shop);
    await byHand(order.intentId, 500);
    const [created = ''] = await eventsAbout(shop, order.intentId, 'refund.created');
    expect((await shop.sendWebhook(created, 't=1,v1=00')).statusCode).toBe(400);
    expect((await deliver(shop, created, Math.floor(Date.now() / 1000) - 301)).statusCode).toBe(400);
    expect(await storedFor(order.id)).toEqual([]);
  });

  it('that claims what the provider does not confirm changes nothing', async () => {
    const order = await paidOrder(shop);
    const other = await paidOrder(shop);
    await byHand(other.intentId, 500);
    const [created = ''] = await eventsAbout(shop, other.intentId, 'refund.created');
    await deliver(shop, created.replaceAll(other.intentId, order.intentId));
    await finishPayments(shop);
    expect(await paymentOf(shop, order.id)).toMatchObject({ state: 'paid', refunded: 0, promised: 0 });
    expect(await refundsOf(shop, order.id)).toEqual([]);
  });
});
