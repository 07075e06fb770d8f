import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asShopper, countStatements } from '@emall/runtime/testing';
import { writeCategories } from '../categories/write.ts';
import { sql } from 'kysely';
import { sweepSome } from '../stock/sweep.ts';
import { type OpenCatalog, openCatalog } from '../testing.ts';

let catalog: OpenCatalog;

beforeAll(async () => {
  catalog = await openCatalog();
  await catalog.sell(
    { key: 'mug', name: 'Mug', picture: 'mug', variants: [{ sku: 'm-1', options: { colour: 'Blue' }, price: 950, stock: 4 }, { sku: 'M-1', price: 990, stock: 500 }] },
    { key: 'pan', name: 'Pan', variants: [{ sku: 'pan', stock: 0 }] },
    { key: 'lid', name: 'Lid', variants: [{ sku: 'lid', stock: 2 }] },
    { key: 'bowl', name: 'Bowl', variants: [{ sku: 'bowl', stock: 250 }] },
  );
});
afterAll(() => catalog.close());

describe('GET /api/catalog/variants', () => {
  it('answers in the order asked, case and all, and leaves out what is not sold', async () => {
    const { response, statements } = await countStatements(catalog.app, () => catalog.get('/api/catalog/variants?sku=M-1&sku=gone&sku=m-1&sku=pan'));
    expect(statements).toBe(1);
    expect(response.json().items).toEqual([
      { sku: 'M-1', slug: 'mug', name: 'Mug', options: {}, picture: { name: 'mug', alt: 'Mug', recolour: null }, tint: 45, price: { amount: 990, currency: 'GBP' }, available: 99 },
      { sku: 'm-1', slug: 'mug', name: 'Mug', options: { colour: 'Blue' }, picture: { name: 'mug', alt: 'Mug', recolour: null }, tint: 45, price: { amount: 950, currency: 'GBP' }, available: 4 },
      { sku: 'pan', slug: 'pan', name: 'Pan', options: {}, picture: null, tint: 45, price: { amount: 1000, currency: 'GBP' }, available: 0 },
    ]);
    expect(response.headers['cache-control']).toBe('no-store');
  });

  it('sees a reservation and a new price at once', async () => {
    await catalog.order('PUT', '/internal/reservations/o1', { lines: [{ sku: 'm-1', quantity: 3 }], holdSeconds: 60 });
    await catalog.sell({ key: 'mug', variants: [{ sku: 'm-1', price: 800, stock: undefined }] });
    expect((await catalog.get('/api/catalog/variants?sku=m-1')).json().items[0]).toMatchObject({ price: { amount: 800 }, available: 1 });
  });

  it.each(['', 'sku=', 'sku=a%20b', `sku=${'x'.repeat(41)}`, Array.from({ length: 101 }, (_, i) => `sku=${i}`).join('&')])('refuses a bad query (case %#)', async (query) => {
    expect((await catalog.get(`/api/catalog/variants?${query}`)).statusCode).toBe(400);
  });
});

describe('the picture of a variant', () => {
  const looksOf = async (...skus: string[]) => {
    const { items } = (await catalog.get(`/api/catalog/variants?${skus.map((sku) => `sku=${sku}`).join('&')}`)).json();
    return items.map(({ picture, tint }: { picture: { recolour: string | null } | null; tint: number }) => [picture?.recolour, tint]);
  };
  const hat = (...colours: (string | undefined)[]) => ({
    key: 'hat',
    category: ['Hats'],
    picture: 'hat',
    variants: colours.map((colour) => ({ sku: `hat-${colour}`, options: { size: 'M', ...(colour !== undefined && { colour }) } })),
  });

  it('has the colour of the first that has one, and is recoloured for the others', async () => {
    await catalog.sell(hat(undefined, 'Red', 'Blue'));
    expect((await looksOf('hat-undefined', 'hat-Red', 'hat-Blue')).map(([recolour]: unknown[]) => recolour)).toEqual([null, null, 'Blue']);
    const { variants } = (await catalog.get('/api/catalog/products/the-hat')).json();
    expect(variants.map(({ picture }: { picture: unknown }) => picture)).toEqual([null, null, 'Blue'].map((recolour) => ({ name: 'hat', alt: 'The hat', recolour })));
    const { lines } = (await catalog.order('POST', '/internal/prices', { lines: [{ sku: 'hat-Blue', quantity: 1 }] })).json();
    expect(lines[0].picture.recolour).toBe('Blue');
  });

  it('has in a list one of the colours that were filtered by', async () => {
    await catalog.sell({ ...hat('Red', 'Blue', 'Green'), key: 'cap', name: 'The cap' }, { key: 'scarf', name: 'The scarf', variants: [{ sku: 'scarf', options: { colour: 'Green' } }] });
    const looks = async (query: string) => {
      const { items } = (await catalog.get(`/api/catalog/products?${query}`)).json();
      return Object.fromEntries(items.map(({ name, picture }: { name: string; picture: { recolour: string | null } | null }) => [name, picture && picture.recolour]));
    };
    expect(await looks('q=cap')).toEqual({ 'The cap': null });
    expect(await looks('colour=Green')).toEqual({ 'The cap': 'Green', 'The scarf': null });
    expect(await looks('colour=Green&colour=Blue&q=cap')).toEqual({ 'The cap': 'Blue' });
    expect(await looks('colour=Green&colour=Red&q=cap')).toEqual({ 'The cap': null });
  });

  it('stands on the tint of its department, also after that has another', async () => {
    const { tint } = (await catalog.get('/api/catalog/products/the-hat')).json();
    expect(await looksOf('hat-Red')).toEqual([[null, tint]]);
    const hats = { slug: 'hats', name: 'Hats', parent: undefined, position: 0, picture: undefined, description: '' };
    await writeCategories(catalog.jobDb, [{ ...hats, tint: tint + 1 }]);
    expect(await looksOf('hat-Red')).toEqual([[null, tint + 1]]);
  });
});

describe('POST /internal/prices', () => {
  it('prices lines in one statement and names what it does not know', async () => {
    const { response, statements } = await countStatements(catalog.app, () =>
      catalog.order('POST', '/internal/prices', { lines: [{ sku: 'lid', quantity: 2 }, { sku: 'gone', quantity: 1 }] }));
    expect(statements).toBe(1);
    expect(response.json()).toEqual({
      lines: [{ sku: 'lid', name: 'Lid', options: {}, picture: null, tint: 45, quantity: 2, price: { amount: 1000, currency: 'GBP' }, available: 2 }],
      unknown: ['gone'],
    });
  });

  it('calls nothing short that only lapsed holds have, however many there are, and sweeps none of them', async () => {
    await sql`insert into reservation (order_id, state, expires_at) select 'lapsed-' || n, 'held', now() - interval '1 second' from generate_series(1, 1250) n`.execute(catalog.checkoutDb);
    await sql`insert into reservation_line (order_id, sku, quantity) select 'lapsed-' || n, 'bowl', 1 from generate_series(1, 1250) n`.execute(catalog.checkoutDb);
    await sql`update stock set on_hand = 1260, reserved = 1260 where sku = 'bowl'`.execute(catalog.checkoutDb);
    const priced = (quantity: number) => countStatements(catalog.app, () => catalog.order('POST', '/internal/prices', { lines: [{ sku: 'bowl', quantity }] }));
    const { response, statements } = await priced(99);
    expect([response.json().lines[0].available, statements]).toEqual([99, 2]);
    const held = async () => (await sql<{ n: number }>`select count(*)::int as n from reservation where state = 'held' and order_id like 'lapsed-%'`.execute(catalog.checkoutDb)).rows[0]?.n;
    expect(await held()).toBe(1250);
    // Nor does a round sweep all of them while others wait for it.
    await sweepSome(catalog.checkoutDb);
    expect(await held()).toBe(250);
    await sweepSome(catalog.checkoutDb);
    expect([await held(), (await priced(1)).response.json().lines[0].available]).toEqual([0, 99]);
  });

  it('does not take a hold that runs for one that has lapsed', async () => {
    await catalog.order('PUT', '/internal/reservations/runs', { lines: [{ sku: 'lid', quantity: 2 }], holdSeconds: 60 });
    expect((await catalog.order('POST', '/internal/prices', { lines: [{ sku: 'lid', quantity: 1 }] })).json().lines[0].available).toBe(0);
  });

  it('answers nobody but the order service', async () => {
    const call = (headers: Record<string, string>) => catalog.app.inject({ method: 'POST', url: '/internal/prices', headers, payload: { lines: [{ sku: 'pan', quantity: 1 }] } });
    expect((await call({})).statusCode).toBe(401);
    expect((await call(asShopper().headers)).statusCode).toBe(403);
  });
});
