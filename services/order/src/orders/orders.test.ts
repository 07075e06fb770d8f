import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asShopper } from '@emall/runtime/testing';
import { newKey, openShop, type Shop, until } from '../testing/shop.ts';
import { cancelOrder } from './cancel.ts';
import { orderIdOf, orderNumber } from './identifiers.ts';
import { getOrder } from './queries.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

async function place(visitor = shop.shopper()) {
  shop.cart.carts.set(visitor.shopper, [{ sku: 'mug', quantity: 2 }]);
  const response = await shop.place(visitor.headers, newKey());
  return { ...visitor, ...(response.json() as { id: string; link: string; number: string }) };
}

const get = (url: string, headers: Record<string, string> = {}) => shop.app.inject({ url, headers });
const cancel = (id: string, headers: Record<string, string> = {}) => shop.app.inject({ method: 'POST', url: `/api/orders/${id}/cancel`, headers });

describe('GET /api/orders/{id}', () => {
  it('shows the order to its shopper, uncached', async () => {
    const { headers, id, number } = await place();
    const response = await get(`/api/orders/${id}`, headers);
    expect(response.headers['cache-control']).toBe('no-store');
    expect(response.json()).toMatchObject({
      id,
      number,
      state: 'accepted',
      email: 'ada@example.com',
      lines: [{ sku: 'mug', quantity: 2, price: { amount: 1250, currency: 'GBP' }, total: { amount: 2500, currency: 'GBP' } }],
      total: { amount: 2895, currency: 'GBP' },
      payment: { method: 'on_delivery' },
      cancellable: true,
    });
  });

  it('shows lines as they looked, and those of before that was kept in the colours of their pictures', async () => {
    const { headers, id } = await place();
    const looks = async () => (await get(`/api/orders/${id}`, headers)).json().lines.map(({ picture, tint }: { picture: object; tint: number }) => ({ picture, tint }));
    expect(await looks()).toEqual([{ picture: { name: '2615', alt: 'A mug', recolour: 'Blue' }, tint: 210 }]);
    await shop.db.updateTable('order_line').set({ picture: JSON.stringify({ name: '2615', alt: 'A mug' }), tint: null }).where('order_id', '=', id).execute();
    expect(await looks()).toEqual([{ picture: { name: '2615', alt: 'A mug', recolour: null }, tint: null }]);
  });

  it('shows the order to whoever has its private link', async () => {
    const { id, link } = await place();
    const { search } = new URL(link);
    expect((await get(`/api/orders/${id}${search}`)).statusCode).toBe(200);
    expect((await get(`/api/orders/${id}${search}`, asShopper().headers)).statusCode).toBe(200);
  });

  it("answers somebody else's order like one that does not exist", async () => {
    const [ada, grace] = [await place(), await place()];
    const unknown = await get(`/api/orders/${crypto.randomUUID()}`, grace.headers);
    const attempts = [
      await get(`/api/orders/${ada.id}`, grace.headers),
      await get(`/api/orders/${ada.id}`),
      await get(`/api/orders/${ada.id}?key=wrong`),
      await get(`/api/orders/${ada.id}${new URL(grace.link).search}`, grace.headers),
      await cancel(ada.id, grace.headers),
    ];
    const without = (problem: object) => ({ ...problem, requestId: 'any' });
    for (const response of attempts) {
      expect(response.statusCode).toBe(404);
      expect(without(response.json())).toEqual(without(unknown.json()));
    }
    expect((await get(`/api/orders/${ada.id}`, ada.headers)).json().state).toBe('accepted');
  });

  it('answers 400 to what is no id', async () => {
    expect((await get('/api/orders/1')).json()).toMatchObject({ status: 400, errors: [{ field: 'id' }] });
  });
});

describe('GET /api/orders', () => {
  it('lists only the own ones, newest first, page by page', async () => {
    const visitor = shop.shopper();
    const placed = [];
    for (let i = 0; i < 5; i += 1) {
      placed.push((await place(visitor)).id);
      await until(async () => shop.cart.carts.get(visitor.shopper)?.length === 0);
    }
    await place();
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = (await get(`/api/orders?limit=2${cursor && `&cursor=${cursor}`}`, visitor.headers)).json() as { items: { id: string; units: number }[]; nextCursor: string | null };
      expect(page.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(placed.toReversed());
  });

  it('needs no limit', async () => {
    const visitor = shop.shopper();
    const { id } = await place(visitor);
    expect((await get('/api/orders', visitor.headers)).json()).toMatchObject({ items: [{ id }], nextCursor: null });
  });

  it('needs a shopper', async () => {
    expect((await get('/api/orders')).statusCode).toBe(401);
  });
});

describe('POST /api/orders/{id}/cancel', () => {
  it('gives back the stock of an accepted order, committed or not', async () => {
    const { headers, id } = await place();
    await until(async () => shop.catalog.reservations.get(id)?.state === 'committed');
    expect((await cancel(id, headers)).json()).toMatchObject({ id, state: 'cancelled', cancellable: false });
    await until(async () => shop.catalog.reservations.get(id)?.state === 'released');
  });

  it('may be repeated, also by as many at once as there are connections', async () => {
    const { headers, id } = await place();
    const answers = await Promise.all(Array.from({ length: 8 }, () => cancel(id, headers)));
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
    await until(async () => shop.catalog.reservations.get(id)?.state === 'released');
  });

  it('answers 409 once the order is on its way', async () => {
    const { headers, id } = await place();
    await shop.db.updateTable('order').set({ state: 'shipped' }).where('id', '=', id).execute();
    expect((await cancel(id, headers)).json()).toMatchObject({ status: 409, code: 'not-cancellable' });
  });
});

describe('an order that was sent while its cancellation was under way', () => {
  it('stays sent', async () => {
    const { id } = await place();
    const seen = await getOrder(shop.db, id);
    await shop.db.updateTable('order').set({ state: 'shipped' }).where('id', '=', id).execute();
    await expect(cancelOrder(shop.deps, seen)).rejects.toMatchObject({ code: 'not-cancellable' });
    expect((await getOrder(shop.db, id)).state).toBe('shipped');
  });
});

describe('the names of an order', () => {
  it('come from shopper and key, the id as a UUID and the number for people', () => {
    const id = orderIdOf('shopper', 'key-of-theirs');
    expect(id).toBe(orderIdOf('shopper', 'key-of-theirs'));
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(orderIdOf('shopperk', 'ey-of-theirs')).not.toBe(id);
    expect(orderNumber('00000000-0000-8000-8000-000000000000')).toBe('EM-0000-0000');
    expect(orderNumber('ffffffff-ff00-8000-8000-000000000000')).toBe('EM-ZZZZ-ZZZZ');
  });
});
