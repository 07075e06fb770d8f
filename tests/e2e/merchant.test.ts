import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { TestShop, until } from '../local/shop.ts';
import { ApiShopper } from './api.ts';
import { launchBrowser, newVisitor } from './browser.ts';

const GIFTWARE = join(import.meta.dirname, '../data/online-retail-products.csv');
const MAPPING = ['--map', 'sku=stock_code,name=description,price=unit_price_gbp', '--currency', 'GBP', '--stock', '100', '--category', 'Giftware'];

interface Cart {
  lines: { sku: string; quantity: number; price: { amount: number }; problem?: string; priceWas?: { amount: number } }[];
  subtotal: { amount: number };
}

/** For what a start, an import or a browser takes on a machine that is busy with other tests. */
const SLOW_MS = 240_000;

const shop = new TestShop();
let browser: Browser;

beforeAll(async () => {
  [browser] = await Promise.all([launchBrowser(), shop.start()]);
}, SLOW_MS);

afterAll(async () => {
  await browser?.close();
  shop.dispose();
}, SLOW_MS);

async function importRows(name: string, rows: string[], header = 'sku,name,price,stock'): Promise<string> {
  const file = join(shop.home, `${name}.csv`);
  await writeFile(file, [header, ...rows].join('\n'));
  return shop.run('import', file).output;
}

describe('a merchant', () => {
  it('imports the real giftware catalogue, and a shopper finds and buys from it', async () => {
    const { status, output } = shop.run('import', GIFTWARE, ...MAPPING);
    expect(output).toMatch(/imported \d{4}/);
    expect(status).toBe(0);

    const { page, context, faults } = await newVisitor(browser, { width: 360, javaScript: true }, [shop.url]);
    await page.goto(`${shop.url}/search?q=${encodeURIComponent('regency cakestand')}`);
    await page.getByRole('link', { name: /REGENCY CAKESTAND 3 TIER/i }).first().click();
    await page.getByText('£12.75').first().waitFor();
    await page.getByRole('button', { name: 'Add to cart' }).click();
    await page.getByText('Added to your cart').waitFor();
    expect(faults).toEqual([]);
    await context.close();

    const shopper = new ApiShopper(shop.url);
    // Two products whose codes differ by case only.
    const alike = await shopper.call<{ items: { sku: string; price: { amount: number } }[] }>('GET', '/api/catalog/variants?sku=85123A&sku=85123a');
    expect(Object.fromEntries(alike.body.items.map(({ sku, price }) => [sku, price.amount]))).toEqual({ '85123A': 295, '85123a': 677 });
    expect((await shopper.buy('22423', 2)).status).toBe(201);
  }, SLOW_MS);

  it('changes what is in carts: shoppers are told of a new price, of too few, of none', async () => {
    await importRows('before', ['T-PRICE,Lamp that gets dearer,10.00,50', 'T-FEW,Vase of which few stay,20.00,50', 'T-NONE,Bowl that sells out,30.00,1']);
    const shopper = new ApiShopper(shop.url);
    for (const [sku, quantity] of [['T-PRICE', 2], ['T-FEW', 5], ['T-NONE', 1]] as const) {
      expect((await shopper.persist('POST', '/api/cart/lines', { sku, quantity })).status).toBe(200);
    }
    await importRows('after', ['T-PRICE,Lamp that gets dearer,12.50,50', 'T-FEW,Vase of which few stay,20.00,3', 'T-NONE,Bowl that sells out,30.00,0']);

    let cart: Cart = { lines: [], subtotal: { amount: 0 } };
    const problems = () => Object.fromEntries(cart.lines.map(({ sku, problem }) => [sku, problem]));
    const look = async () => {
      cart = (await shopper.persist<Cart>('GET', '/api/cart', undefined)).body;
      return problems()['T-PRICE'] !== undefined;
    };
    await until(look, 30_000, () => `the cart was not told: ${JSON.stringify(cart)}`);
    expect(problems()).toEqual({ 'T-PRICE': 'price-changed', 'T-FEW': 'only-n-left', 'T-NONE': 'sold-out' });
    expect(cart.lines.find(({ sku }) => sku === 'T-PRICE')).toMatchObject({ price: { amount: 1250 }, priceWas: { amount: 1000 } });
    expect(cart.subtotal.amount).toBe(2 * 1250 + 3 * 2000);

    expect((await shopper.order()).status).toBe(409);
    await shopper.persist('PUT', '/api/cart/lines/T-FEW', { quantity: 3 });
    await shopper.persist('PUT', '/api/cart/lines/T-NONE', { quantity: 0 });
    expect((await shopper.order()).status).toBe(201);
  }, SLOW_MS);

  it('takes a product off sale: carts and checkout say so, an order that has it goes on, and it can come back', async () => {
    const [page, cart] = ['/api/catalog/products/t-end', '/api/cart'];
    await importRows('offer', ['t-end,T-END,Clock that ends,10.00,9', 't-stay,T-STAY,Clock that stays,10.00,9'], 'product,sku,name,price,stock');
    const shopper = new ApiShopper(shop.url);
    const bought = await shopper.buy('T-END', 2);
    expect(bought.status).toBe(201);
    const emptied = async () => (await shopper.persist<Cart>('GET', cart, undefined)).body.lines.length === 0;
    await until(emptied, 30_000, () => 'what was ordered is still in the cart');
    for (const sku of ['T-END', 'T-STAY']) expect((await shopper.persist('POST', '/api/cart/lines', { sku, quantity: 1 })).status).toBe(200);

    expect(await importRows('end', ['T-END,discontinued'], 'sku,status')).toMatch(/imported 0, updated 0, discontinued 1, refused 0/);
    const told = async () => (await shopper.persist<Cart>('GET', cart, undefined)).body.lines.find(({ sku }) => sku === 'T-END')?.problem === 'removed';
    await until(told, 30_000, () => 'the cart was not told');
    const isGone = async () => (await shopper.persist('GET', page, undefined)).status === 404;
    await until(isGone, 30_000, () => 'its page is still there');
    expect((await shopper.persist('POST', '/api/cart/lines', { sku: 'T-END', quantity: 1 })).status).toBe(404);
    const refused = await shopper.order();
    expect(refused).toMatchObject({ status: 409, body: { code: 'out-of-stock', detail: 'Something in the cart is no longer sold. Remove it and try again.' } });

    expect((await shopper.persist('PUT', '/api/cart/lines/T-END', { quantity: 0 })).status).toBe(200);
    expect((await shopper.order()).status).toBe(201);
    expect((await shopper.persist<{ state: string }>('POST', `/api/orders/${bought.body.id}/cancel`, {})).body.state).toBe('cancelled');

    await importRows('again', ['t-end,T-END,Clock that ends,11.00,active'], 'product,sku,name,price,status');
    const isBack = async () => (await shopper.persist<{ variants?: object[] }>('GET', page, undefined)).body.variants?.length === 1;
    await until(isBack, 30_000, () => 'its page did not come back');
    expect((await shopper.buy('T-END', 1)).status).toBe(201);
  }, SLOW_MS);

  it('is told of each bad row by line and column, and the good ones go in', async () => {
    const output = await importRows('bad', ['T-GOOD,Good,1.00,1', 'T BAD,Bad code,1.00,1', 'T-PRICE2,Bad price,-1,1', 'T-GOOD2,Good too,2.00,1']);
    expect(output).toMatch(/imported 2, updated 0, discontinued 0, refused 2/);
    expect(output).toMatch(/bad\.csv:3:sku: /);
    expect(output).toMatch(/bad\.csv:4:price: /);
  }, SLOW_MS);
});

describe('bad input', () => {
  const shopper = () => new ApiShopper(shop.url);

  it.each([-1, 0, 1.5, 100_000, '3', '', null, true, [2], {}])('a quantity of %p is refused with the field and the reason', async (quantity) => {
    const { status, body, headers } = await shopper().call<{ errors: { field: string }[] }>('POST', '/api/cart/lines', { sku: '22423', quantity });
    expect(status).toBe(400);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(body.errors[0]?.field).toBe('quantity');
  });

  it.each([
    ['a price in a cart line', 'POST', '/api/cart/lines', { sku: '22423', quantity: 1, price: 1 }, 400],
    ['an unknown SKU', 'POST', '/api/cart/lines', { sku: 'NOBODY-KNOWS', quantity: 1 }, 404],
    ['an order without a key', 'POST', '/api/orders', {}, 400],
    ['an unknown path', 'GET', '/api/nothing', undefined, 404],
    ['an internal path', 'GET', '/internal/prices', undefined, 404],
    ['a form post from nowhere', 'POST', '/internal/prices', { lines: [] }, 403],
    ['an unknown order', 'GET', '/api/orders/00000000-0000-4000-8000-000000000000', undefined, 404],
    ['a query that is not UTF-8', 'GET', '/api/catalog/products?q=%ff', undefined, 400],
    ['a limit of a billion', 'GET', '/api/catalog/products?limit=1000000000', undefined, 400],
    ['a cursor that nobody gave', 'GET', '/api/catalog/products?cursor=AAAA', undefined, 400],
    ['10 kB of search words', 'GET', `/api/catalog/products?q=${'a'.repeat(10_000)}`, undefined, 414],
  ])('%s is refused', async (_what, method, path, body, expected) => {
    const { status, headers } = await shopper().call(method, path, body);
    // nginx may refuse a long address itself, as 414 or as a header that is too large.
    expect(expected === 414 ? [400, 414, 431] : [expected]).toContain(status);
    expect(headers.get('content-type')).toMatch(/json|html/);
  });

  it('gets a page in a browser and a problem in the API', async () => {
    const page = await fetch(`${shop.url}/nothing-here`);
    expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
    const large = await fetch(`${shop.url}/api/cart/lines`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ sku: 'x'.repeat(70_000), quantity: 1 }) });
    expect([large.status, large.headers.get('content-type')]).toEqual([413, expect.stringContaining('application/problem+json')]);
  });
});
