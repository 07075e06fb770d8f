import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Returned } from '../payments/provider.ts';
import { isWaitedFor, paidOrder, paymentOf, refundsOf } from '../testing/paying.ts';
import { openShop, type Shop, until } from '../testing/shop.ts';
import { recordReturned } from './record.ts';
import { requestRefund } from './request.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop({ jobs: false });
});
afterAll(() => shop.close());

const OURS = 0;

/** What becomes of one refund of ours and two by hand: whose turn it is, step for step. Each is made, and may then be sent back by a bank. */
const course = fc.array(fc.integer({ min: OURS, max: 2 }), { minLength: 1, maxLength: 7 });

/** The provider's list after each step. */
function listsOf(steps: number[], refundId: string): Returned[][] {
  return steps.map((_, last) =>
    [0, 1, 2].flatMap((which) => {
      const turns = steps.slice(0, last + 1).filter((each) => each === which).length;
      if (turns === 0) return [];
      return [{ id: `re_${refundId}_${which}`, refundId: which === OURS ? refundId : undefined, amount: 500 + which, currency: 'GBP', state: turns > 1 ? ('failed' as const) : ('done' as const) }];
    }),
  );
}

describe('what the provider says was returned', () => {
  it('counts until a bank sends it back', async () => {
    const { id, intentId } = await paidOrder(shop);
    const tell = (state: 'done' | 'failed') => shop.db.transaction().execute((trx) => recordReturned(trx, { orderId: id, intentId, returned: [{ id: `re_${id}`, refundId: undefined, amount: 500, currency: 'GBP', state }] }));
    expect((await tell('done')).failed).toEqual([]);
    expect(await paymentOf(shop, id)).toMatchObject({ state: 'paid', refunded: 500, promised: 500 });
    expect((await tell('failed')).failed).toMatchObject([{ amount: 500, state: 'failed' }]);
    expect(await paymentOf(shop, id)).toMatchObject({ state: 'paid', refunded: 0, promised: 0 });
  });

  it('is recorded once by two who are told at once', async () => {
    const { id, intentId } = await paidOrder(shop);
    const told = { orderId: id, intentId, returned: [{ id: `re_${id}`, refundId: undefined, amount: 500, currency: 'GBP', state: 'done' as const }] };
    const second = await shop.db.transaction().execute(async (trx) => {
      await recordReturned(trx, told);
      const waiting = shop.db.transaction().execute((other) => recordReturned(other, told));
      waiting.catch(() => undefined);
      await until(() => isWaitedFor(trx));
      return { waiting };
    });
    expect((await second.waiting).refunds).toHaveLength(1);
    expect(await paymentOf(shop, id)).toMatchObject({ state: 'paid', refunded: 500, promised: 500 });
  });

  it('ends the same in whatever order, and however often, its lists arrive', async () => {
    const lists = course.chain((steps) => {
      const indices = steps.map((_, index) => index);
      return fc.record({ steps: fc.constant(steps), told: fc.shuffledSubarray([...indices, ...indices], { minLength: 1 }) });
    });
    await fc.assert(
      fc.asyncProperty(lists, async ({ steps, told }) => {
        const { id, intentId } = await paidOrder(shop);
        const ours = await shop.db.transaction().execute((trx) => requestRefund(trx, { id: crypto.randomUUID(), orderId: id, amount: 500, reason: 'one was broken' }));
        const all = listsOf(steps, ours.id);
        const last = all.length - 1;
        for (const index of told.includes(last) ? told : [last, ...told]) {
          await shop.db.transaction().execute((trx) => recordReturned(trx, { orderId: id, intentId, returned: all[index] ?? [] }));
        }
        const truth = all[last] ?? [];
        const named = (await refundsOf(shop, id)).filter((each) => each.provider_id !== null);
        expect(new Map(named.map((each) => [each.provider_id, each.state]))).toEqual(new Map(truth.map((each) => [each.id, each.state])));
        const back = truth.filter(({ state }) => state === 'done').reduce((sum, { amount }) => sum + amount, 0);
        const open = truth.some((each) => each.refundId === ours.id) ? 0 : 500;
        expect(await paymentOf(shop, id)).toMatchObject({ state: 'paid', refunded: back, promised: back + open });
      }),
      { numRuns: 40 },
    );
  });
});
