import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type CallFault, wellBehaved } from '../../../../infra/local/src/sandbox/behaviour.ts';
import { UsageError } from '../command.ts';
import type { Trx } from '../database.ts';
import { orderNumber } from '../orders/identifiers.ts';
import { intentOf, orderOf, paidOrder, placeByCard, refundsOf, returnedOf, secondSession, TOTAL } from '../testing/paying.ts';
import { newKey, openShop, orderBody, type Shop, until } from '../testing/shop.ts';
import { readOptions } from './options.ts';
import { askedId } from './queries.ts';
import { refundOrder } from './refund-order.ts';
import { requestRefund } from './request.ts';

let fault: CallFault | undefined;
let said: string[] = [];
let shop: Shop;
beforeAll(async () => {
  shop = await openShop({ behaviour: { ...wellBehaved, onCall: async ({ method, route }) => (method === 'POST' && route === '/v1/refunds' ? fault : undefined) } });
});
afterAll(() => shop.close());
beforeEach(() => {
  said = [];
  fault = undefined;
});

const run = (...args: string[]) => {
  const asked = readOptions(args);
  if (asked === 'help') throw new Error('that asks for help');
  return refundOrder(shop.db, asked, (line) => void said.push(line));
};

describe('emall refund', () => {
  it('returns a part, says what it does and how things stand then', async () => {
    const { id, intentId } = await paidOrder(shop);
    const number = orderNumber(id);
    expect(await run(number, '5', '--reason', 'one was broken')).toBe(0);
    expect(said).toEqual([`${number}: £28.95 was paid.`, '£5.00 goes back to the card it was paid with.', `${number} is paid; £5.00 of £28.95 has been returned.`]);
    expect(await refundsOf(shop, id)).toMatchObject([{ amount: 500, reason: 'one was broken', state: 'done' }]);
    expect(await returnedOf(shop, intentId)).toEqual([500]);
  });

  it('returns all that is left, which ends the order and gives back its stock', async () => {
    const { id, intentId } = await paidOrder(shop);
    await run(id, '8.95');
    said = [];
    expect(await run(id)).toBe(0);
    expect(said.join('\n')).toContain('£8.95 of it has been returned');
    expect(said.join('\n')).toContain('£20.00 goes back to the card it was paid with. The order ends, and its stock goes back.');
    expect(said.at(-1)).toBe(`${orderNumber(id)} is refunded; £28.95 of £28.95 has been returned.`);
    expect(await returnedOf(shop, intentId)).toEqual([895, TOTAL - 895]);
    await until(async () => shop.catalog.reservations.get(id)?.state === 'released' && (await orderOf(shop, id)).stock === 'released');
  });

  it('does not find an order that is not there, by number or id', async () => {
    for (const name of ['EM-0000-0000', 'EM-UUUU-UUUU', crypto.randomUUID(), 'nonsense', '']) await expect(run(name)).rejects.toThrow(`There is no order "${name}"`);
  });

  it('reads a number as people write it', async () => {
    const { id } = await paidOrder(shop);
    const number = orderNumber(id).replace('EM-', '').replace('-', '').toLowerCase().replaceAll('0', 'o').replaceAll('1', 'l');
    expect(await run(number, '1')).toBe(0);
    expect(await refundsOf(shop, id)).toMatchObject([{ amount: 100 }]);
  });

  it('refuses more than what is left, and what was never paid', async () => {
    const { id } = await paidOrder(shop);
    await run(id, '20');
    await expect(run(id, '9')).rejects.toThrow('more than what is left of the payment, which is £8.95');
    const unpaid = await placeByCard(shop);
    await expect(run(unpaid.id)).rejects.toThrow('nothing was paid for it');
    const { headers } = shop.shopper();
    const onDelivery = await shop.place(headers, newKey(), orderBody());
    await expect(run(onDelivery.json().id)).rejects.toThrow('is paid on delivery');
  });

  it('refuses an amount that is none', async () => {
    const { id } = await paidOrder(shop);
    for (const amount of ['0', '0.00', '5.001', 'all']) await expect(run(id, amount)).rejects.toThrow(UsageError);
    expect(() => readOptions([])).toThrow(UsageError);
    expect(() => readOptions(['a', '1', 'b'])).toThrow('one argument too many');
    expect(() => readOptions(['a', '--force'])).toThrow(UsageError);
    expect(readOptions(['--help'])).toBe('help');
    expect(await refundsOf(shop, id)).toEqual([]);
  });

  it('takes one line as a reason, and no card number', () => {
    for (const reason of ['\u001b[2Jnothing', 'two\nlines', 'x'.repeat(501)]) expect(() => readOptions(['a', '--reason', reason])).toThrow('one line of at most 500 characters');
    for (const reason of ['4242424242424242', 'paid by 4242-4242-4242-4242', 'card 4242 4242 4242 4242']) {
      expect(() => readOptions(['a', '--reason', reason])).toThrow(/^[^0-9]*card number[^0-9]*$/);
    }
    expect(readOptions(['a', '--reason', 'one was broken, see 2026-11-23'])).toMatchObject({ reason: 'one was broken, see 2026-11-23' });
  });

  it('says so when the provider does not answer yet', async () => {
    const { id } = await paidOrder(shop);
    fault = { kind: 'answer', status: 500 };
    expect(await refundOrder(shop.db, { name: id, amount: '5', reason: 'broken', list: false }, (line) => void said.push(line), 500)).toBe(0);
    expect(said.join('\n')).toContain('no need to repeat this');
    fault = undefined;
    await until(async () => (await refundsOf(shop, id))[0]?.state === 'done');
  });

  it('fails when the provider refuses', async () => {
    const { id } = await paidOrder(shop);
    fault = { kind: 'answer', status: 400 };
    expect(await run(id, '5')).toBe(1);
    expect(said.join('\n')).toContain('did not return it');
    expect(said.at(-1)).toContain('is paid; £0.00 of £28.95');
  });

  it('asked for by two who have seen the same is one refund; asked for again, having seen it, it is another', async () => {
    const { id, intentId } = await paidOrder(shop);
    // The other one has read how things stand, and asks when this one is done.
    const other = askedId(id, 500, 0);
    expect(await run(id, '5')).toBe(0);
    expect(await shop.db.transaction().execute((trx) => requestRefund(trx, { id: other, orderId: id, amount: 500, reason: 'broken' }))).toMatchObject({ amount: 500 });
    expect(await refundsOf(shop, id)).toMatchObject([{ id: other, state: 'done' }]);
    said = [];
    expect(await run(id, '5')).toBe(0);
    expect(said[1]).toMatch(/£5.00 has been returned: returned by the shop$/);
    expect(await returnedOf(shop, intentId)).toEqual([500, 500]);
  });

  it('whose commit was not answered is found and not promised twice', async () => {
    const { id, intentId } = await paidOrder(shop);
    let lost = 0;
    const transaction = () => ({
      async execute<T>(work: (trx: Trx) => Promise<T>): Promise<T> {
        const result = await shop.db.transaction().execute(work);
        if ((lost += 1) === 1) throw new Error('Connection terminated unexpectedly');
        return result;
      },
    });
    const forgetful = new Proxy(shop.db, {
      get(db, name) {
        const of: unknown = name === 'transaction' ? transaction : Reflect.get(db, name, db);
        return typeof of === 'function' ? of.bind(db) : of;
      },
    });
    const asked = readOptions([id]);
    if (asked === 'help') throw new Error('that asks for help');
    expect(await refundOrder(forgetful, asked, (line) => void said.push(line))).toBe(0);
    expect(lost).toBe(2);
    expect(await returnedOf(shop, intentId)).toEqual([TOTAL]);
  });

  it('makes one again that failed, once for whoever repeats it, also of a second payment', async () => {
    const order = await paidOrder(shop);
    const second = await secondSession(shop, order.id);
    fault = { kind: 'answer', status: 400 };
    await shop.pay(second.url);
    const failed = await until(async () => (await refundsOf(shop, order.id)).find(({ state }) => state === 'failed'));
    expect(await run(order.id, '--list')).toBe(0);
    expect(said.slice(1)).toEqual([expect.stringContaining(`${failed.id}  £28.95 failed: the order was paid twice`)]);
    expect(await run(failed.id)).toBe(1);
    expect(await refundsOf(shop, order.id)).toMatchObject([{ state: 'failed' }, { state: 'failed' }]);
    fault = undefined;
    expect(await Promise.all([run(failed.id), run(failed.id)])).toEqual([0, 0]);
    expect(await run(failed.id)).toBe(0);
    expect(await returnedOf(shop, await intentOf(shop, second.id))).toEqual([TOTAL]);
    expect(await returnedOf(shop, order.intentId)).toEqual([]);
    expect(await orderOf(shop, order.id)).toMatchObject({ state: 'paid' });
    const done = (await refundsOf(shop, order.id)).find(({ state }) => state === 'done');
    await expect(run(done?.id ?? '')).rejects.toThrow('that refund was made');
    await expect(run(failed.id, '5')).rejects.toThrow(UsageError);
  });

  it('does not make one again whose money was returned otherwise', async () => {
    const { id } = await paidOrder(shop);
    fault = { kind: 'answer', status: 400 };
    await run(id, '20');
    fault = undefined;
    await run(id, '15');
    const failed = (await refundsOf(shop, id)).find(({ state }) => state === 'failed');
    await expect(run(failed?.id ?? '')).rejects.toThrow('more than what is left of the payment, which is £13.95');
  });

  it('of all fails too, and nothing goes on behind its back', async () => {
    const { id } = await paidOrder(shop);
    fault = { kind: 'answer', status: 400 };
    expect(await run(id)).toBe(1);
    expect(said.join('\n')).toContain('not promised any more');
    expect(await refundsOf(shop, id)).toMatchObject([{ state: 'failed', amount: TOTAL }]);
  });
});
