import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type CallFault, wellBehaved } from '../../../../infra/local/src/sandbox/behaviour.ts';
import { answering } from '../testing/neighbours.ts';
import { inTurn, newKey, openShop, orderBody, type Shop, until } from '../testing/shop.ts';

let fault: (route: string) => CallFault | undefined = () => undefined;
let shop: Shop;
beforeAll(async () => {
  shop = await openShop({ behaviour: { ...wellBehaved, onCall: async ({ route }) => fault(route) } });
});
afterAll(() => shop.close());
afterEach(() => {
  fault = () => undefined;
  shop.relay.held = false;
});

type Visitor = ReturnType<Shop['shopper']>;

function place({ headers }: Visitor, { key = newKey(), at = shop, ...over }: { key?: string; at?: Shop; paymentMethod?: string; expectedTotal?: object } = {}) {
  return at.place(headers, key, orderBody({ paymentMethod: 'card', ...over }));
}

async function placed(visitor: Visitor, options?: Parameters<typeof place>[1]) {
  const response = await place(visitor, options);
  expect(response.statusCode).toBe(201);
  const { id, number, link, payment } = response.json() as { id: string; number: string; link: string; payment: { url: string } };
  return { id, number, link, url: payment.url };
}

const stateOf = async (id: string) => (await shop.db.selectFrom('order').select('state').where('id', '=', id).executeTakeFirst())?.state;
const ordersOf = ({ shopper }: Visitor) => shop.db.selectFrom('order').select(['id', 'state']).where('shopper', '=', shopper).execute();

/** What the provider has of a shopper's orders. */
async function sessionsOf(visitor: Visitor) {
  const ids = new Set((await ordersOf(visitor)).map(({ id }) => id));
  const { sessions } = (await shop.ledger()) as { sessions: { reference: string; status: string }[] };
  return sessions.filter(({ reference }) => ids.has(reference)).map(({ status }) => status).sort();
}

describe('a shopper who orders again before paying', () => {
  it('can pay the new order only: in two tabs, or back from the provider', async () => {
    const before = shop.catalog.stockOf('mug');
    const visitor = shop.shopper();
    const [first, second] = [await placed(visitor), await placed(visitor)];
    expect(await stateOf(first.id)).toBe('cancelled');
    expect(shop.catalog.stockOf('mug')).toBe(before - 2);
    expect((await shop.pay(first.url)).statusCode).toBe(410);
    expect((await shop.pay(second.url)).statusCode).toBe(303);
    await until(async () => (await stateOf(second.id)) === 'paid');
    expect(await sessionsOf(visitor)).toEqual(['complete', 'expired']);
    expect(shop.catalog.stockOf('mug')).toBe(before - 2);
  });

  it('can pay nothing any more when the new order is due on delivery', async () => {
    const visitor = shop.shopper();
    const first = await placed(visitor);
    const second = await placed(visitor, { paymentMethod: 'on_delivery' });
    expect([await stateOf(first.id), await stateOf(second.id)]).toEqual(['cancelled', 'accepted']);
    expect((await shop.pay(first.url)).statusCode).toBe(410);
  });

  it.each(['card', 'on_delivery'])('orders nothing more (%s) when the first was paid meanwhile, and is told so for ever', async (paymentMethod) => {
    shop.relay.held = true;
    const visitor = shop.shopper();
    const first = await placed(visitor);
    await shop.pay(first.url);
    const key = newKey();
    const refused = await place(visitor, { key, paymentMethod });
    expect(refused.statusCode).toBe(409);
    expect(refused.json()).toMatchObject({
      code: 'already-paid',
      detail: `Your order ${first.number} has already been paid, so nothing more was ordered or charged.`,
      order: { id: first.id, number: first.number, link: first.link },
    });
    expect(await ordersOf(visitor)).toEqual([{ id: first.id, state: 'paid' }]);
    expect(await sessionsOf(visitor)).toEqual(['complete']);
    expect((await place(visitor, { key, paymentMethod })).body).toBe(refused.body);
    await until(async () => shop.cart.carts.get(visitor.shopper)?.length === 0);
  });

  it.each<CallFault>([{ kind: 'answer', status: 500 }, { kind: 'silence', after: 'nothing' }])('keeps the first while the provider does not end it (%j), and may repeat', async (how) => {
    const before = shop.catalog.stockOf('mug');
    const visitor = shop.shopper();
    const first = await placed(visitor);
    fault = (route) => (route.endsWith('/expire') ? how : undefined);
    const key = newKey();
    const refused = await place(visitor, { key });
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '1']);
    expect(await ordersOf(visitor)).toEqual([{ id: first.id, state: 'awaiting_payment' }]);
    expect(await sessionsOf(visitor)).toEqual(['open']);
    expect(shop.catalog.stockOf('mug')).toBe(before - 2);
    fault = () => undefined;
    await placed(visitor, { key });
    expect(await stateOf(first.id)).toBe('cancelled');
    expect(shop.catalog.stockOf('mug')).toBe(before - 2);
  });

  it('keeps the first when the new one is refused for what is in it', async () => {
    const visitor = shop.shopper();
    const first = await placed(visitor);
    expect((await place(visitor, { expectedTotal: { amount: 1, currency: 'GBP' } })).json().code).toBe('total-changed');
    expect((await shop.pay(first.url)).statusCode).toBe(303);
  });
});

describe('the last unit, held by an unpaid order', () => {
  it('can be ordered again by its shopper, without waiting for any job', async () => {
    const idle = await openShop({ goods: [{ sku: 'mug', price: 1250, stock: 2 }], jobs: false });
    try {
      const visitor = idle.shopper();
      await placed(visitor, { at: idle });
      expect((await place(idle.shopper(), { at: idle })).json().code).toBe('out-of-stock');
      await placed(visitor, { at: idle });
      await placed(visitor, { at: idle, paymentMethod: 'on_delivery' });
      expect(idle.catalog.stockOf('mug')).toBe(0);
    } finally {
      await idle.close();
    }
  });

  it('is given back by a job when catalog does not answer, and then the repeat orders it', async () => {
    const idle = await openShop({ goods: [{ sku: 'mug', price: 1250, stock: 2 }] });
    try {
      const visitor = idle.shopper();
      await placed(visitor, { at: idle });
      const key = newKey();
      const failed = await answering(idle.catalog, 'POST /internal/reservations/*', () => () => 'reset', () => place(visitor, { key, at: idle }));
      expect(failed.statusCode).toBe(503);
      await until(async () => idle.catalog.stockOf('mug') === 2);
      await placed(visitor, { key, at: idle });
    } finally {
      await idle.close();
    }
  });
});

describe('two orders of a shopper at once', () => {
  it('of which the first fell silent while its payment was opened: its session is given to nobody', async () => {
    const before = shop.catalog.stockOf('mug');
    const visitor = shop.shopper();
    const { open } = shop.deps.provider;
    const { promise: replaced, resolve } = Promise.withResolvers<void>();
    const { promise: opening, resolve: begun } = Promise.withResolvers<void>();
    shop.deps.provider.open = async (...args) => {
      const session = await open(...args);
      begun();
      await replaced;
      return session;
    };
    const key = newKey();
    const first = place(visitor, { key });
    await opening;
    shop.deps.provider.open = open;
    await shop.db.updateTable('idempotency_key').set({ lease_until: new Date(0) as never }).where('key', '=', key).execute();
    await placed(visitor);
    resolve();
    expect((await first).json()).toMatchObject({ status: 409, code: 'request-in-progress' });
    expect((await place(visitor, { key })).json()).toMatchObject({ status: 409, code: 'order-ended', detail: expect.stringContaining('nothing was charged') });
    expect(await sessionsOf(visitor)).toEqual(['expired', 'open']);
    await until(async () => shop.catalog.stockOf('mug') === before - 2);
  });

  it('and eighteen more: one can be paid in the end, and its units are held once', async () => {
    const before = shop.catalog.stockOf('mug');
    const visitor = shop.shopper();
    const answers = await Promise.all(Array.from({ length: 20 }, newKey).map((key) => inTurn(() => place(visitor, { key }))));
    expect(answers.map(({ statusCode, body }) => (statusCode === 201 ? 201 : JSON.parse(body).code)).filter((each) => each !== 201 && each !== 'order-ended')).toEqual([]);
    expect((await ordersOf(visitor)).filter(({ state }) => state !== 'cancelled')).toHaveLength(1);
    expect((await sessionsOf(visitor)).filter((status) => status !== 'expired')).toEqual(['open']);
    await until(async () => shop.catalog.stockOf('mug') === before - 2);
  });
});
