import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { invalidRequest } from '@emall/runtime';
import { recordLog } from '@emall/runtime/testing';
import { sign } from '../../../../infra/local/src/sandbox/webhooks.ts';
import type { Webhook } from '../testing/relay.ts';
import { sql } from 'kysely';
import { newKey, openShop, orderBody, PUBLIC_URL, type Shop, until, webhookSecret } from '../testing/shop.ts';

const { log, lines } = recordLog();
let shop: Shop;
beforeAll(async () => {
  shop = await openShop({ log });
});
afterAll(() => shop.close());
beforeEach(() => {
  shop.relay.held = false;
});

async function placeByCard(visitor = shop.shopper()) {
  const response = await shop.app.inject({
    method: 'POST',
    url: '/api/orders',
    headers: { ...visitor.headers, 'idempotency-key': newKey() },
    body: orderBody({ paymentMethod: 'card' }),
  });
  expect(response.statusCode).toBe(201);
  const { id, payment, link } = response.json() as { id: string; payment: { url: string }; link: string };
  return { ...visitor, id, url: payment.url, link };
}

const stateOf = async (id: string) => (await shop.db.selectFrom('order').select('state').where('id', '=', id).executeTakeFirst())?.state;
const becomes = (id: string, state: string) => until(async () => (await stateOf(id)) === state);
const get = async (headers: Record<string, string>, id: string) => (await shop.app.inject({ url: `/api/orders/${id}`, headers })).json();
const eventFor = (id: string, type: string) => until(async () => shop.relay.seen.find((each) => each.type === type && each.body.includes(id)));
const signed = (body: string, at?: number) => shop.sendWebhook(body, sign(body, webhookSecret, at));
const processed = (id: string) => until(async () => (await shop.db.selectFrom('payment_event').select('outcome').where('id', '=', id).where('processed_at', 'is not', null).executeTakeFirst())?.outcome);

/** The event with other content and a valid signature. */
function altered({ body }: Webhook, change: (event: { id: string; type: string; data: { object: Record<string, unknown> } }) => void): string {
  const event = JSON.parse(body);
  change(event);
  return JSON.stringify(event);
}

describe('paying by card', () => {
  it('sends the shopper to the provider with what was agreed, and keeps the cart until it is paid', async () => {
    const { shopper, id, url } = await placeByCard();
    expect(url).toMatch(/^http:\/\/localhost:9\/pay\/cs_test_/);
    expect(await stateOf(id)).toBe('awaiting_payment');
    const { sessions } = await shop.ledger();
    const session = sessions.find(({ reference }: { reference: string }) => reference === id);
    expect(session).toMatchObject({
      amount: 2895,
      currency: 'gbp',
      metadata: { order: id },
      successUrl: `${PUBLIC_URL}/orders/${id}?key=${shop.links.keyOf(id)}`,
      cancelUrl: `${PUBLIC_URL}/checkout/cancelled?order=${id}`,
    });
    expect(session.expiresAt - session.created).toBeGreaterThanOrEqual(30 * 60);
    expect(shop.cart.carts.get(shopper)).toEqual([{ sku: 'mug', quantity: 2 }]);
  });

  it('charges the same for more lines than the provider shows', async () => {
    const goods = Array.from({ length: 120 }, (_, i) => ({ sku: `s${i}`, price: 10 + i, stock: 9 }));
    for (const each of goods) shop.catalog.shelf.set(each.sku, each);
    const { headers } = shop.shopper(goods.map(({ sku }) => ({ sku, quantity: 2 })));
    const expectedTotal = { amount: 2 * goods.reduce((sum, { price }) => sum + price, 0), currency: 'GBP' };
    const response = await shop.place(headers, newKey(), orderBody({ paymentMethod: 'card', expectedTotal }));
    expect(response.statusCode).toBe(201);
    const { sessions } = await shop.ledger();
    const session = sessions.find(({ reference }: { reference: string }) => reference === response.json().id);
    expect([session.amount, session.lines.length]).toEqual([expectedTotal.amount, 100]);
  });

  it('marks the order paid by webhook, sells the stock and clears the cart', async () => {
    const { shopper, headers, id, url } = await placeByCard();
    const page = await shop.pay(url);
    expect([page.statusCode, page.headers.location]).toEqual([303, shop.links.urlOf(id)]);
    await becomes(id, 'paid');
    await until(async () => shop.catalog.reservations.get(id)?.state === 'committed' && shop.cart.carts.get(shopper)?.length === 0);
    expect(await get(headers, id)).toMatchObject({ state: 'paid', payment: { method: 'card', state: 'paid' }, cancellable: false });
  });

  it('knows of the payment when the shopper comes back before the webhook', async () => {
    shop.relay.held = true;
    const { headers, id, url } = await placeByCard();
    await shop.pay(url);
    expect((await get(headers, id)).state).toBe('paid');
    const { body } = await eventFor(id, 'checkout.session.completed');
    expect((await signed(body)).statusCode).toBe(200);
    expect(await processed(JSON.parse(body).id)).toBe('unchanged');
    expect(await stateOf(id)).toBe('paid');
  });

  it('lets a refused card be followed by one that pays', async () => {
    const { id, url } = await placeByCard();
    for (const card of ['4000000000000002', '4000000000009995']) expect((await shop.pay(url, card)).headers.location).toBe(new URL(url).pathname);
    expect((await shop.ledger()).charges.slice(-2)).toMatchObject([{ failure: 'card_declined' }, { failure: 'insufficient_funds' }]);
    expect(await stateOf(id)).toBe('awaiting_payment');
    expect((await shop.pay(url)).statusCode).toBe(303);
    await becomes(id, 'paid');
  });

  it('leaves the cart full when the shopper turns back at the provider, and lets the order be cancelled', async () => {
    const { shopper, headers, id, url } = await placeByCard();
    const cancelled = await shop.app.inject({ method: 'POST', url: `/api/orders/${id}/cancel`, headers });
    expect(cancelled.json()).toMatchObject({ state: 'cancelled', payment: { state: 'expired' } });
    expect((await shop.pay(url)).statusCode).toBe(410);
    await until(async () => shop.catalog.reservations.get(id)?.state === 'released');
    expect(shop.cart.carts.get(shopper)).toEqual([{ sku: 'mug', quantity: 2 }]);
  });

  it('answers 409 to a cancellation that came after the payment', async () => {
    shop.relay.held = true;
    const { headers, id, url } = await placeByCard();
    await shop.pay(url);
    const response = await shop.app.inject({ method: 'POST', url: `/api/orders/${id}/cancel`, headers });
    expect([response.statusCode, response.json().code]).toEqual([409, 'not-cancellable']);
    expect(await stateOf(id)).toBe('paid');
  });

  it('ends the order at once when the provider will never take it, and keeps to that', async () => {
    const before = shop.catalog.stockOf('mug');
    const visitor = shop.shopper();
    const key = newKey();
    const place = () => shop.place(visitor.headers, key, orderBody({ paymentMethod: 'card' }));
    const { open } = shop.deps.provider;
    shop.deps.provider.open = async () => {
      throw invalidRequest({ extra: { errors: [{ field: 'email', reason: 'is not accepted' }] } });
    };
    const refused = await place();
    shop.deps.provider.open = open;
    expect([refused.statusCode, refused.json().errors]).toEqual([400, [{ field: 'email', reason: 'is not accepted' }]]);
    expect((await place()).body).toBe(refused.body);
    await until(async () => shop.catalog.stockOf('mug') === before);
    const orders = await shop.db.selectFrom('order').select('state').where('shopper', '=', visitor.shopper).execute();
    expect(orders).toEqual([{ state: 'cancelled' }]);
  });

  it('gives the same session to a repeat whose first answer was lost', async () => {
    const visitor = shop.shopper();
    const key = newKey();
    const place = () => shop.place(visitor.headers, key, orderBody({ paymentMethod: 'card' }));
    const { open } = shop.deps.provider;
    shop.deps.provider.open = async (...args) => {
      await open(...args);
      throw Object.assign(new Error('the answer was lost'), { statusCode: 500 });
    };
    const lost = await place();
    shop.deps.provider.open = open;
    expect(lost.statusCode).toBe(500);
    // The cart may change: the order is what was stored.
    shop.cart.carts.set(visitor.shopper, []);
    const found = await place();
    expect(found.statusCode).toBe(201);
    const { sessions } = await shop.ledger();
    expect(sessions.filter(({ reference }: { reference: string }) => reference === found.json().id)).toHaveLength(1);
  });
});

describe('a webhook (3.4 Forged, stale, replayed, unknown order)', () => {
  it('without a body is refused', async () => {
    const response = await shop.app.inject({ method: 'POST', url: '/api/payments/webhook' });
    expect([response.statusCode, response.json().code]).toEqual([400, 'invalid-signature']);
  });

  it('is refused when it is forged, unsigned or older than five minutes, logged without its body, and changes nothing', async () => {
    shop.relay.held = true;
    const { id, url } = await placeByCard();
    await shop.pay(url);
    const { body } = await eventFor(id, 'checkout.session.completed');
    const now = Math.floor(Date.now() / 1000);
    const logged = lines.length;
    const signatures = ['', 'nonsense', sign(body, 'whsec_other'), sign(`${body} `, webhookSecret), sign(body, webhookSecret, now - 301)];
    for (const signature of signatures) {
      const response = await shop.sendWebhook(body, signature);
      expect([response.statusCode, response.json().code]).toEqual([400, 'invalid-signature']);
    }
    const told = lines.slice(logged);
    const refused = told.filter((line) => line.includes('refused a payment event')).map((line) => JSON.parse(line));
    expect(refused).toEqual(signatures.map(() => expect.objectContaining({ level: 'warn', code: 'invalid-signature', bytes: body.length })));
    const inBody = [id, ...(body.match(/\b(evt|cs|pi)_\w+/g) ?? []), 'ada@example.com'];
    expect(inBody).toEqual(inBody.filter((text) => body.includes(text)));
    expect(told.filter((line) => inBody.some((text) => line.includes(text)))).toEqual([]);
    expect(await stateOf(id)).toBe('awaiting_payment');
    expect((await signed(body, now - 290)).statusCode).toBe(200);
    await becomes(id, 'paid');
  });

  it.each([
    'nope', 'null', '[]', '{}', '{"id":5}', '{"id":"evt_1","type":"checkout.session.completed"}',
    '{"id":"evt_1","type":"checkout.session.completed","data":{"object":null}}',
    '{"id":"evt_1","type":"checkout.session.completed","data":{"object":{"id":"cs_1","currency":3}}}',
    '{"id":"evt_1","type":"charge.refunded","data":{"object":{"id":"ch_1","payment_intent":7}}}',
  ])('is refused when its signature holds and it is no event: %s', async (body) => {
    const response = await signed(body);
    expect([response.statusCode, response.json().code]).toEqual([400, 'invalid-event']);
  });

  it('changes an order once, however often it comes', async () => {
    shop.relay.held = true;
    const { id, url } = await placeByCard();
    await shop.pay(url);
    const { body } = await eventFor(id, 'checkout.session.completed');
    const answers = await Promise.all(Array.from({ length: 5 }, () => signed(body)));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200, 200]);
    await becomes(id, 'paid');
    const events = await shop.db.selectFrom('payment_event').select('id').where('order_id', '=', id).execute();
    expect(events).toHaveLength(1);
  });

  it('is stored before it is acknowledged', async () => {
    shop.relay.held = true;
    const { id, url } = await placeByCard();
    await shop.pay(url);
    const { body } = await eventFor(id, 'checkout.session.completed');
    let acknowledged = false;
    const { answer } = await shop.db.transaction().execute(async (trx) => {
      // Nobody can store anything meanwhile.
      await sql`lock table payment_event in exclusive mode`.execute(trx);
      const sent = signed(body).finally(() => (acknowledged = true));
      await until(async () => (await sql<{ waits: boolean }>`select exists (select from pg_locks where relation = 'payment_event'::regclass and not granted) as waits`.execute(shop.db)).rows[0]?.waits);
      expect(acknowledged).toBe(false);
      return { answer: sent };
    });
    expect((await answer).statusCode).toBe(200);
    const event = await shop.db.selectFrom('payment_event').selectAll().where('order_id', '=', id).executeTakeFirst();
    expect(event?.payload.toString()).toBe(body);
  });

  it('with another amount, currency or session never makes an order paid; the provider is asked instead', async () => {
    shop.relay.held = true;
    const changes = [{ amount_total: 1 }, { currency: 'eur' }, { id: 'cs_test_other' }];
    for (const change of changes) {
      const { id, url } = await placeByCard();
      await shop.pay(url, '4000000000000002');
      const completed = { body: JSON.stringify(await fakeCompletion(url)), signature: '', type: '' };
      const body = altered(completed, (event) => Object.assign(event.data.object, change));
      expect((await signed(body)).statusCode).toBe(200);
      expect(await processed(JSON.parse(body).id)).toBe('disagreed, then unchanged');
      expect(await stateOf(id)).toBe('awaiting_payment');
    }
  });

  it('for an order that is not ours is refused and not kept', async () => {
    shop.relay.held = true;
    const { id, url } = await placeByCard();
    await shop.pay(url);
    const seen = await eventFor(id, 'checkout.session.completed');
    for (const order of [crypto.randomUUID(), 'not-a-uuid']) {
      const response = await signed(altered(seen, (event) => Object.assign(event.data.object, { metadata: { order } })));
      expect([response.statusCode, response.json().code]).toEqual([400, 'unknown-order']);
    }
    expect((await signed(altered(seen, (event) => Object.assign(event.data.object, { metadata: {} })))).statusCode).toBe(200);
    expect(await shop.db.selectFrom('payment_event').select('id').where('order_id', '=', id).execute()).toEqual([]);
  });

  it('about something else is acknowledged and left alone', async () => {
    const body = JSON.stringify({ id: 'evt_other', object: 'event', type: 'charge.refunded', data: { object: { id: 'ch_1' } } });
    expect((await signed(body)).statusCode).toBe(200);
  });
});

describe('money for an order that has ended', () => {
  it('goes back by itself', async () => {
    shop.relay.held = true;
    const { id, url } = await placeByCard();
    await shop.pay(url);
    const { body } = await eventFor(id, 'checkout.session.completed');
    // As if the hold had lapsed while the provider could not be asked.
    await shop.db.updateTable('order').set({ state: 'cancelled', stock: 'released' }).where('id', '=', id).execute();
    await signed(body);
    await becomes(id, 'refunded');
    const { refunds } = await shop.ledger();
    expect(refunds.filter(({ metadata }: { metadata: { order: string } }) => metadata.order === id)).toMatchObject([{ amount: 2895 }]);
  });

  it('goes back when the stock of a paid order is gone', async () => {
    shop.catalog.shelf.set('only', { sku: 'only', price: 2500, stock: 1 });
    const { id, url } = await placeByCard(shop.shopper([{ sku: 'only', quantity: 1 }]));
    shop.catalog.lapse(id);
    shop.catalog.shelf.set('only', { sku: 'only', price: 2500, stock: 0 });
    await shop.pay(url);
    await becomes(id, 'refunded');
    const payment = await shop.db.selectFrom('payment').selectAll().where('order_id', '=', id).executeTakeFirst();
    expect(payment).toMatchObject({ state: 'refunded', received: 2895, refunded: 2895 });
  });
});

/** A completed event that the provider never sent: the session is still open there. */
async function fakeCompletion(url: string) {
  const id = url.split('/').at(-1);
  const { sessions } = await shop.ledger();
  const session = sessions.find((each: { id: string }) => each.id === id);
  return {
    id: `evt_${crypto.randomUUID().replaceAll('-', '')}`,
    object: 'event',
    type: 'checkout.session.completed',
    data: {
      object: { id, object: 'checkout.session', status: 'complete', payment_status: 'paid', payment_intent: 'pi_x', amount_total: session.amount, currency: session.currency, metadata: session.metadata, url: null },
    },
  };
}
