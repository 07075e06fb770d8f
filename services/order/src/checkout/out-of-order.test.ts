import { insist, type UpstreamCall, type UpstreamHandler } from '@emall/runtime/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { answering } from '../testing/neighbours.ts';
import { inTurn, newKey, openShop, orderBody, type Shop, until } from '../testing/shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

type Visitor = ReturnType<Shop['shopper']>;
const byCard = orderBody({ paymentMethod: 'card' });

async function placeByCard(visitor: Visitor = shop.shopper()) {
  const key = newKey();
  const answer = await inTurn(() => shop.place(visitor.headers, key, byCard));
  const { id, link, payment } = answer.json() as { id: string; link: string; payment: { url: string } };
  return { ...visitor, id, link, url: payment.url };
}

const view = async (headers: Record<string, string>, id: string) => (await shop.app.inject({ url: `/api/orders/${id}`, headers })).json();
const cancel = (headers: Record<string, string>, id: string) => insist(() => shop.app.inject({ method: 'POST', url: `/api/orders/${id}/cancel`, headers, body: {} }));

/** What the provider has charged for an order, less what it returned. */
async function chargedFor(id: string): Promise<number> {
  const { sessions, charges, refunds } = (await shop.ledger()) as {
    sessions: { id: string; reference: string; intent: string }[];
    charges: { intent: string; amount: number; failure: string | null }[];
    refunds: { intent: string; amount: number }[];
  };
  const intents = new Set(sessions.filter(({ reference }) => reference === id).map(({ intent }) => intent));
  const sum = (all: { intent: string; amount: number }[]) => all.filter(({ intent }) => intents.has(intent)).reduce((total, { amount }) => total + amount, 0);
  return sum(charges.filter(({ failure }) => !failure)) - sum(refunds);
}

describe('an order whose shopper', () => {
  it('comes back as if it were paid, and has not paid, still waits for its payment', async () => {
    const { headers, id, link } = await placeByCard();
    const { pathname, search } = new URL(link);
    expect((await shop.app.inject({ url: `/api${pathname}${search}` })).json().state).toBe('awaiting_payment');
    expect((await view(headers, id)).state).toBe('awaiting_payment');
    expect(await chargedFor(id)).toBe(0);
  });

  it('changes the cart while paying is charged what was agreed, and what was put in meanwhile stays in the cart', async () => {
    const { shopper, headers, id, url } = await placeByCard();
    shop.cart.carts.set(shopper, [{ sku: 'mug', quantity: 9 }]);
    expect((await shop.pay(url)).statusCode).toBe(303);
    await until(async () => (await view(headers, id)).state === 'paid');
    expect(await view(headers, id)).toMatchObject({ lines: [{ sku: 'mug', quantity: 2 }], total: { amount: 2895 } });
    expect(await chargedFor(id)).toBe(2895);
    await until(async () => shop.cart.carts.get(shopper)?.[0]?.quantity === 7);
  });

  it('changes the cart while it is ordered gets what was seen, at the price that was seen', async () => {
    const visitor = shop.shopper();
    const changing = (usual: UpstreamHandler) => async (call: UpstreamCall) => {
      shop.cart.carts.set(visitor.shopper, [{ sku: 'mug', quantity: 9 }]);
      return await usual(call);
    };
    const { id } = await answering(shop.catalog, 'POST /internal/prices', changing, () => placeByCard(visitor));
    expect(await view(visitor.headers, id)).toMatchObject({ lines: [{ quantity: 2 }], total: { amount: 2895 } });
    expect(shop.catalog.reservations.get(id)?.lines).toEqual([{ sku: 'mug', quantity: 2 }]);
  });

  it('pays twice is charged once', async () => {
    const { headers, id, url } = await placeByCard();
    const pages = await Promise.all(Array.from({ length: 20 }, () => shop.pay(url)));
    expect(pages.map(({ statusCode }) => statusCode).filter((status) => status >= 500)).toEqual([]);
    await until(async () => (await view(headers, id)).state === 'paid');
    expect(await chargedFor(id)).toBe(2895);
  });

  it('pays and cancels at the same moment has an order and has paid, or has neither', async () => {
    const ends = await Promise.all(
      Array.from({ length: 10 }, async (_, i) => {
        const { headers, id, url } = await placeByCard();
        const calls = [() => shop.pay(url), () => cancel(headers, id)];
        await Promise.all(Array.from({ length: 6 }, (_call, n) => (calls[(i + n) % 2] as () => Promise<unknown>)()));
        const end = await until(async () => {
          const { state } = await view(headers, id);
          return state !== 'awaiting_payment' && (state as string);
        });
        await until(async () => (await chargedFor(id)) === (end === 'paid' ? 2895 : 0));
        await until(async () => shop.catalog.reservations.get(id)?.state === (end === 'paid' ? 'committed' : 'released'));
        return end;
      }),
    );
    expect(ends.filter((end) => end !== 'paid' && end !== 'cancelled' && end !== 'refunded')).toEqual([]);
  });
});

describe('an expected total', () => {
  /** Written as JSON text, because JSON.stringify would mend some of it. */
  const place = async (amount: string) => {
    const { shopper, headers } = shop.shopper();
    const body = JSON.stringify(orderBody()).replace('"amount":2895', `"amount":${amount}`);
    const response = await shop.app.inject({ method: 'POST', url: '/api/orders', headers: { ...headers, 'idempotency-key': newKey(), 'content-type': 'application/json' }, body });
    return { shopper, response };
  };

  it.each(['-1', '1.5', '1e400', '"2895"', '""', 'null', 'true', '[2895]', '{}', 'NaN', '1,"amount":2895'])('that is no amount is refused: %s', async (amount) => {
    const { shopper, response } = await place(amount);
    expect([response.statusCode, response.json().code]).toEqual([400, 'invalid-request']);
    expect(await shop.db.selectFrom('idempotency_key').select('key').where('shopper', '=', shopper).execute()).toEqual([]);
  });

  it.each(['0', '1', '1e3', '2147483648', '9007199254740993'])('that is another one is not believed: %s', async (amount) => {
    const { response } = await place(amount);
    expect([response.statusCode, response.json().code]).toEqual([409, 'total-changed']);
  });
});
