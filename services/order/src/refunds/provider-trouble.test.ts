import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type CallFault, wellBehaved } from '../../../../infra/local/src/sandbox/behaviour.ts';
import { recordLog } from '@emall/runtime/testing';
import { applyPaymentEvent } from '../jobs/apply-payment-event.ts';
import { refundPayment } from '../jobs/refund-payment.ts';
import { finishPayments, orderOf, paidOrder, paymentOf, refundsOf, returnedOf, TOTAL } from '../testing/paying.ts';
import { openShop, type Shop } from '../testing/shop.ts';
import { requestRefund } from './request.ts';

/** For the next calls that make a refund; those that list them answer. */
let faults: CallFault[] = [];
let shop: Shop;
beforeAll(async () => {
  const onCall = async ({ method, route }: { method: string; route: string }) => (method === 'POST' && route === '/v1/refunds' ? faults.shift() : undefined);
  shop = await openShop({ jobs: false, behaviour: { ...wellBehaved, onCall } });
});
afterAll(() => shop.close());
afterEach(() => expect(faults).toEqual([]));

/** A paid order of which so much is to be returned. */
async function promised(amount = 500) {
  const order = await paidOrder(shop);
  const { id: refundId } = await shop.db.transaction().execute((trx) => requestRefund(trx, { id: crypto.randomUUID(), orderId: order.id, amount, reason: 'one was broken' }));
  return { ...order, refundId, run: () => refundPayment(shop.deps, { refundId }) };
}

const byHand = (intentId: string, amount: number) => shop.atProvider('/v1/refunds', { payment_intent: intentId, amount: String(amount) });

describe('a refund', () => {
  it('is made once when nothing is in the way', async () => {
    const { id, intentId, run } = await promised();
    await run();
    expect(await returnedOf(shop, intentId)).toEqual([500]);
    expect(await paymentOf(shop, id)).toMatchObject({ state: 'paid', promised: 500, refunded: 500 });
  });

  it.each<[string, CallFault[]]>([
    // The SDK itself repeats once, with the same key, where a connection was closed.
    ['whose answer is lost', [{ kind: 'lost-answer' }, { kind: 'lost-answer' }]],
    ['that is done and never answered', [{ kind: 'silence', after: 'work' }]],
    ['that is never answered', [{ kind: 'silence', after: 'nothing' }]],
    ['that is answered too late', [{ kind: 'slow', ms: 4500 }]],
    ['that is answered with 500', [{ kind: 'answer', status: 500 }]],
    ['that is turned away with 429', [{ kind: 'answer', status: 429 }]],
  ])('%s is made once', async (_, suffered) => {
    const { id, intentId, run } = await promised();
    faults = suffered;
    await expect(run()).rejects.toMatchObject({ code: 'unavailable' });
    expect(await paymentOf(shop, id)).toMatchObject({ state: 'paid', promised: 500, refunded: 0 });
    await run();
    await run();
    expect(await returnedOf(shop, intentId)).toEqual([500]);
    expect(await paymentOf(shop, id)).toMatchObject({ state: 'paid', promised: 500, refunded: 500 });
  });

  it('whose 500 the provider keeps under its key is made with the next key', async () => {
    const { id, intentId, run } = await promised();
    faults = [{ kind: 'stored-error' }];
    await expect(run()).rejects.toMatchObject({ code: 'unavailable' });
    await expect(run()).rejects.toThrow('another one follows');
    await run();
    expect(await returnedOf(shop, intentId)).toEqual([500]);
    expect(await refundsOf(shop, id)).toMatchObject([{ state: 'done', attempt: 2 }]);
  });

  it('that was made is found although the provider has forgotten the key', async () => {
    const { id, intentId, run, refundId } = await promised();
    faults = [{ kind: 'lost-answer' }, { kind: 'lost-answer' }];
    await expect(run()).rejects.toMatchObject({ code: 'unavailable' });
    // Keys are kept for a day. Another one does what a forgotten one would.
    await shop.db.updateTable('refund').set({ attempt: 7 }).where('id', '=', refundId).execute();
    await run();
    expect(await returnedOf(shop, intentId)).toEqual([500]);
    expect(await refundsOf(shop, id)).toMatchObject([{ state: 'done' }]);
  });

  it('is made once by two at once, also when the first key is spent', async () => {
    for (const spent of [false, true]) {
      const { id, intentId, run } = await promised();
      if (spent) {
        faults = [{ kind: 'stored-error' }];
        await expect(run()).rejects.toThrow();
      }
      await Promise.allSettled([run(), run(), run()]);
      await finishPayments(shop);
      expect(await returnedOf(shop, intentId)).toEqual([500]);
      expect(await refundsOf(shop, id)).toMatchObject([{ state: 'done', attempt: spent ? 2 : 1 }]);
    }
  });

  it('that the provider refuses is not promised any more', async () => {
    const { id, intentId, run } = await promised();
    faults = [{ kind: 'answer', status: 400 }];
    await run();
    expect(await refundsOf(shop, id)).toMatchObject([{ state: 'failed' }]);
    expect(await paymentOf(shop, id)).toMatchObject({ state: 'paid', promised: 0, refunded: 0 });
    expect(await returnedOf(shop, intentId)).toEqual([]);
    await run();
    expect(await returnedOf(shop, intentId)).toEqual([]);
  });

  it('of all that the provider refuses ends there: nothing is begun in its place', async () => {
    const { id, intentId, run } = await promised(TOTAL);
    faults = [{ kind: 'answer', status: 400 }];
    await run();
    await finishPayments(shop);
    expect(await refundsOf(shop, id)).toMatchObject([{ state: 'failed', amount: TOTAL, reason: 'one was broken' }]);
    expect(await returnedOf(shop, intentId)).toEqual([]);
    expect(await paymentOf(shop, id)).toMatchObject({ state: 'refunding', promised: 0, refunded: 0 });
  });

  it('that a bank sends back is returned no more, its order is not refunded, and a person is told once', async () => {
    const { id, intentId, run, refundId } = await promised(TOTAL);
    await run();
    const [refund] = await refundsOf(shop, id);
    const sentBack = { id: refund?.provider_id ?? '', refundId, amount: TOTAL, currency: 'GBP', state: 'failed' as const };
    const { deps } = shop;
    const { log, lines } = recordLog();
    const provider = { ...deps.provider, refunds: async () => [sentBack] };
    for (const eventId of [`evt_1_${id}`, `evt_2_${id}`]) {
      const payload = Buffer.from(JSON.stringify({ id: eventId, type: 'refund.failed', data: { object: { id: sentBack.id, payment_intent: intentId } } }));
      await shop.db.insertInto('payment_event').values({ id: eventId, type: 'refund.failed', order_id: id, payload }).execute();
      await applyPaymentEvent({ ...deps, provider, log }, { eventId });
    }
    expect(await refundsOf(shop, id)).toMatchObject([{ id: refundId, state: 'failed' }]);
    expect(await paymentOf(shop, id)).toMatchObject({ state: 'refunding', refunded: 0, promised: 0 });
    expect((await orderOf(shop, id)).state).toBe('cancelled');
    const errors = lines.map((line) => JSON.parse(line)).filter(({ level }) => level === 'error');
    expect(errors).toMatchObject([{ orderId: id, refundId, amount: TOTAL, currency: 'GBP' }]);
  });
});

describe('a refund that somebody else is faster with, by hand at the provider', () => {
  it('goes on when there is enough for both', async () => {
    const { id, intentId, run } = await promised(1000);
    await byHand(intentId, 1000);
    await run();
    expect(await returnedOf(shop, intentId)).toEqual([1000, 1000]);
    expect(await paymentOf(shop, id)).toMatchObject({ state: 'paid', promised: 2000, refunded: 2000 });
  });

  it('is not made a second time, and the rest of it is not promised', async () => {
    const { id, intentId, run } = await promised(2000);
    await byHand(intentId, 1000);
    await run();
    expect(await returnedOf(shop, intentId)).toEqual([1000]);
    expect(await refundsOf(shop, id)).toMatchObject([{ state: 'failed' }, { state: 'done', amount: 1000, reason: 'at the provider' }]);
    expect(await paymentOf(shop, id)).toMatchObject({ state: 'paid', promised: 1000, refunded: 1000 });
  });

  it('of an order that ends is completed with the rest, by itself', async () => {
    const { id, intentId } = await promised(TOTAL);
    await byHand(intentId, 1000);
    await finishPayments(shop);
    expect(await returnedOf(shop, intentId)).toEqual([1000, TOTAL - 1000]);
    expect(await paymentOf(shop, id)).toMatchObject({ state: 'refunded', promised: TOTAL, refunded: TOTAL });
    expect((await orderOf(shop, id)).state).toBe('refunded');
  });

  it('between our look and our call is found out by the refusal', async () => {
    const { id, intentId, run } = await promised(TOTAL);
    const { refunds } = shop.deps.provider;
    shop.deps.provider.refunds = async (...args) => {
      const before = await refunds(...args);
      shop.deps.provider.refunds = refunds;
      await byHand(intentId, TOTAL);
      return before;
    };
    await run();
    expect(await returnedOf(shop, intentId)).toEqual([TOTAL]);
    expect(await paymentOf(shop, id)).toMatchObject({ state: 'refunded', promised: TOTAL, refunded: TOTAL });
    expect((await orderOf(shop, id)).state).toBe('refunded');
  });
});
