import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refundPayment } from '../jobs/refund-payment.ts';
import { releaseStock } from '../jobs/release-stock.ts';
import { look, finishPayments, orderOf, paidOrder, paymentOf, refundsOf, returnedOf, TOTAL } from '../testing/paying.ts';
import { openShop, type Shop } from '../testing/shop.ts';
import { NotRefundable, requestRefund } from './request.ts';

let shop: Shop;
beforeAll(async () => {
  // Whoever tests says what is done when.
  shop = await openShop({ jobs: false });
});
afterAll(() => shop.close());

const request = (orderId: string, amount?: number) =>
  shop.db.transaction().execute((trx) => requestRefund(trx, { id: crypto.randomUUID(), orderId, reason: 'one was broken', ...(amount !== undefined && { amount }) }));

describe('a refund of a part', () => {
  it('leaves the order paid and tells what was returned', async () => {
    const order = await paidOrder(shop);
    await request(order.id, 500);
    expect(await look(shop, order)).toMatchObject({ state: 'paid', payment: { state: 'paid', refunds: [{ amount: { amount: 500, currency: 'GBP' }, state: 'open' }] } });
    expect((await look(shop, order)).payment).not.toHaveProperty('refunded');
    await finishPayments(shop);
    expect(await returnedOf(shop, order.intentId)).toEqual([500]);
    expect(await paymentOf(shop, order.id)).toMatchObject({ state: 'paid', received: TOTAL, promised: 500, refunded: 500 });
    const refunded = { amount: 500, currency: 'GBP' };
    expect(await look(shop, order)).toMatchObject({ state: 'paid', payment: { state: 'paid', refunded, refunds: [{ amount: refunded, state: 'done' }] } });
    const list = await shop.app.inject({ url: '/api/orders', headers: order.headers });
    expect(list.json().items).toMatchObject([{ id: order.id, refunded }]);
  });

  it('is promised as often as there is money for it when fifty ask at once', async () => {
    const order = await paidOrder(shop);
    const asked = await Promise.allSettled(Array.from({ length: 50 }, () => request(order.id, 500)));
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    const refused = asked.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    expect(refused.map(({ left }) => left)).toEqual(Array(45).fill(TOTAL - 2500));
    await finishPayments(shop);
    expect(await returnedOf(shop, order.intentId)).toEqual(Array(5).fill(500));
    expect(await paymentOf(shop, order.id)).toMatchObject({ state: 'paid', promised: 2500, refunded: 2500 });
  });

  it('that is the last one ends the order like a refund of all', async () => {
    const order = await paidOrder(shop);
    for (const amount of [1000, 1000, TOTAL - 2000]) await request(order.id, amount);
    expect(await orderOf(shop, order.id)).toEqual({ state: 'cancelled', stock: 'releasing' });
    await finishPayments(shop);
    expect((await returnedOf(shop, order.intentId)).toSorted()).toEqual([1000, 1000, TOTAL - 2000].toSorted());
    expect(await orderOf(shop, order.id)).toMatchObject({ state: 'refunded' });
  });
});

describe('a refund that a replica of an earlier version began', () => {
  /** As that version left a payment that came too late: with a job that names the order, and no refund. */
  async function leftBehind() {
    const order = await paidOrder(shop);
    await shop.db.updateTable('order').set({ state: 'cancelled', stock: 'released' }).where('id', '=', order.id).execute();
    await shop.db.updateTable('payment').set({ state: 'refunding' }).where('order_id', '=', order.id).execute();
    return order;
  }

  it('is made once by this one', async () => {
    const order = await leftBehind();
    for (const _ of [1, 2]) await refundPayment(shop.deps, { orderId: order.id });
    await finishPayments(shop);
    await refundPayment(shop.deps, { orderId: order.id });
    await finishPayments(shop);
    expect(await returnedOf(shop, order.intentId)).toEqual([TOTAL]);
    expect(await refundsOf(shop, order.id)).toHaveLength(1);
    expect((await orderOf(shop, order.id)).state).toBe('refunded');
  });

  it('and made, without having noted it, is not made again', async () => {
    const order = await leftBehind();
    await shop.atProvider('/v1/refunds', { payment_intent: order.intentId, amount: String(TOTAL) });
    await refundPayment(shop.deps, { orderId: order.id });
    await finishPayments(shop);
    expect(await returnedOf(shop, order.intentId)).toEqual([TOTAL]);
    expect(await paymentOf(shop, order.id)).toMatchObject({ state: 'refunded', refunded: TOTAL, promised: TOTAL });
  });
});

describe('a refund of all', () => {
  it('ends a paid order and gives back its stock', async () => {
    const before = shop.catalog.stockOf('mug');
    const order = await paidOrder(shop);
    expect(shop.catalog.stockOf('mug')).toBe(before - 2);
    expect((await request(order.id)).amount).toBe(TOTAL);
    expect(await look(shop, order)).toMatchObject({ state: 'cancelled', payment: { state: 'refunding', refunds: [{ state: 'open' }] } });
    await releaseStock(shop.deps, { orderId: order.id, shopper: order.shopper });
    expect(shop.catalog.stockOf('mug')).toBe(before);
    await finishPayments(shop);
    expect(await look(shop, order)).toMatchObject({ state: 'refunded', payment: { state: 'refunded', refunded: { amount: TOTAL, currency: 'GBP' } } });
  });

  it('of what was shipped returns the money only', async () => {
    const order = await paidOrder(shop);
    await shop.db.updateTable('order').set({ state: 'shipped', stock: 'committed' }).where('id', '=', order.id).execute();
    await request(order.id);
    expect((await paymentOf(shop, order.id)).state).toBe('refunding');
    await finishPayments(shop);
    expect(await orderOf(shop, order.id)).toEqual({ state: 'shipped', stock: 'committed' });
    expect(await paymentOf(shop, order.id)).toMatchObject({ state: 'refunded', refunded: TOTAL });
  });

  it('is refused when there is nothing to return', async () => {
    const unpaid = shop.shopper();
    const placed = await shop.place(unpaid.headers, crypto.randomUUID());
    await expect(request(placed.json().id)).rejects.toThrow(NotRefundable);
    const order = await paidOrder(shop);
    await request(order.id);
    await expect(request(order.id)).rejects.toThrow('has been returned or is on its way');
    await finishPayments(shop);
    await expect(request(order.id, 1)).rejects.toThrow(NotRefundable);
    expect(await refundsOf(shop, order.id)).toHaveLength(1);
  });

  it('is never of a fraction or less than nothing', async () => {
    const { id } = await paidOrder(shop);
    for (const amount of [0, -1, 0.5, Number.NaN]) await expect(request(id, amount)).rejects.toThrow(RangeError);
    await expect(request(id, TOTAL + 1)).rejects.toMatchObject({ left: TOTAL });
  });
});
