import { requestContext, silentLog, unavailable } from '@emall/runtime';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { tooManyUnits } from '../errors.ts';
import { newKey, openShop, orderBody, type Shop } from '../testing/shop.ts';
import { withCircuits } from './circuit.ts';
import type { NewPayment, PaymentProvider, Session } from './provider.ts';

const within = { timeoutMs: 4000 };
const payment = {} as NewPayment;
const session = { id: 'cs_1' } as Session;

describe('the provider behind circuits', () => {
  const clock = performance.now.bind(performance);
  let aheadMs = 0;
  let asked: string[];
  let outcome: () => Promise<Session>;
  let provider: PaymentProvider;
  beforeEach(() => {
    aheadMs = 0;
    asked = [];
    outcome = () => Promise.reject(unavailable());
    jest.spyOn(performance, 'now').mockImplementation(() => clock() + aheadMs);
    const call = (what: string) => () => {
      asked.push(what);
      return outcome();
    };
    provider = withCircuits({ name: 'bank', isAway: () => false, open: call('open'), session: call('session'), expire: call('expire') } as unknown as PaymentProvider, silentLog);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  async function openTimes(times: number): Promise<void> {
    for (let i = 0; i < times; i += 1) {
      await provider.open(payment, within).catch((error: unknown) => expect(error).toHaveProperty('code'));
      aheadMs += 150;
    }
  }

  it('is not asked any more once it has not answered for a while: who comes is refused with 503 and told when to come again', async () => {
    await openTimes(7);
    expect(asked).toHaveLength(5);
    // The first pause is no shorter than 375 ms, and the two that were refused took 300 ms of it.
    aheadMs -= 300;
    expect(provider.isAway()).toBe(true);
    await expect(provider.open(payment, within)).rejects.toMatchObject({ status: 503, details: { headers: { 'retry-after': '2' } } });
  });

  it('is asked again after a pause, by everybody once it answers', async () => {
    await openTimes(5);
    aheadMs += 1000;
    expect(provider.isAway()).toBe(false);
    outcome = async () => session;
    expect(await provider.open(payment, within)).toBe(session);
    await openTimes(5);
    expect(asked).toHaveLength(11);
  });

  it('is nobody of the shop: how long it takes is told apart', async () => {
    const waits = async (ask: () => Promise<unknown>) => {
      const context: NonNullable<ReturnType<typeof requestContext.getStore>> = { requestId: 'a', statements: 0 };
      outcome = async () => {
        aheadMs += 900;
        return session;
      };
      await requestContext.run(context, ask);
      return context.waits?.ms ?? 0;
    };
    expect(await waits(() => provider.open(payment, within))).toBeGreaterThanOrEqual(900);
    expect(await waits(() => provider.session('cs_1', within))).toBeGreaterThanOrEqual(900);
    expect(await waits(() => provider.expire('cs_1', within))).toBeGreaterThanOrEqual(900);
  });

  it('is asked other things, and by jobs, all the same', async () => {
    await openTimes(8);
    asked = [];
    await expect(provider.session('cs_1', within)).rejects.toMatchObject({ status: 503 });
    await expect(provider.expire('cs_1', within)).rejects.toMatchObject({ status: 503 });
    expect(asked).toEqual(['session', 'expire']);
  });

  it('may refuse as often as it likes', async () => {
    outcome = () => Promise.reject(tooManyUnits());
    await openTimes(10);
    expect([asked.length, provider.isAway()]).toEqual([10, false]);
  });

  it('holds up 64 shoppers at most', async () => {
    const { promise, resolve } = Promise.withResolvers<Session>();
    outcome = () => promise;
    const held = Array.from({ length: 64 }, () => provider.open(payment, within));
    await expect(provider.open(payment, within)).rejects.toMatchObject({ status: 503 });
    expect(asked).toHaveLength(64);
    resolve(session);
    await Promise.all(held);
    expect(await provider.open(payment, within)).toBe(session);
  });
});

describe('while the provider is away', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop({ jobs: false });
    shop.deps.provider.isAway = () => true;
  });
  afterAll(() => shop.close());

  it('an order by card is refused before anything is taken out of sale', async () => {
    const { headers, shopper } = shop.shopper();
    const before = shop.catalog.stockOf('mug');
    const answer = await shop.place(headers, newKey(), orderBody({ paymentMethod: 'card' }));
    expect([answer.statusCode, answer.json().code, answer.headers['retry-after']]).toEqual([503, 'unavailable', '2']);
    expect(shop.catalog.stockOf('mug')).toBe(before);
    expect(await shop.db.selectFrom('order').selectAll().where('shopper', '=', shopper).execute()).toEqual([]);
  });

  it('an order on delivery is placed', async () => {
    const { headers } = shop.shopper();
    expect((await shop.place(headers, newKey(), orderBody({ paymentMethod: 'on_delivery' }))).statusCode).toBe(201);
  });
});
