import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { TestShop, until } from '../local/shop.ts';
import { accessibilityFaults, type Device, launchBrowser, newVisitor, overflows, type Visitor } from './browser.ts';

/** Of a test of many pages, on a machine that is busy with other tests. */
const SLOW_MS = 240_000;

const shop = new TestShop();
let browser: Browser;
let sandbox: string;
let visitor: Visitor | undefined;

beforeAll(async () => {
  [browser] = await Promise.all([launchBrowser(), shop.start()]);
  sandbox = new URL(shop.topology().sandbox?.url ?? '').origin.replace('127.0.0.1', 'localhost');
}, SLOW_MS);

afterAll(async () => {
  await browser?.close();
  shop.dispose();
}, SLOW_MS);

afterEach(async () => {
  const faults = visitor?.faults ?? [];
  await visitor?.context.close();
  visitor = undefined;
  expect(faults).toEqual([]);
});

async function visit(device: Device): Promise<Page> {
  visitor = await newVisitor(browser, device, [shop.url, sandbox]);
  return visitor.page;
}

const open = (page: Page, path: string) => page.goto(`${shop.url}${path}`);

async function addToCart(page: Page, slug: string, device: Device): Promise<void> {
  await open(page, `/p/${slug}`);
  await page.getByRole('button', { name: 'Add to cart' }).click();
  if (device.javaScript) await page.getByRole('link', { name: 'See the cart' }).click();
  await page.waitForURL('**/cart*');
}

async function fillIn(page: Page): Promise<void> {
  await page.getByLabel('E-mail').fill('ada@example.com');
  await page.getByLabel('Full name').fill('Ada Lovelace');
  await page.getByLabel('Street and number').fill("12 St James's Square");
  await page.getByLabel('Town or city').fill('London');
  await page.getByLabel('Postcode').fill('SW1Y 4JH');
}

async function payWith(page: Page, number: string): Promise<void> {
  await page.getByLabel('Card number').fill(number);
  await page.getByLabel('Expires').fill('12 / 34');
  await page.getByLabel('Security code').fill('123');
  await page.getByRole('button', { name: /^Pay £/ }).click();
}

/** A book of which there are enough for every test, from the API that the pages are made of. */
async function someProduct(): Promise<{ slug: string; name: string }> {
  const { items } = await api<{ items: { slug: string; name: string }[] }>('/api/catalog/products?q=book&in_stock=true');
  for (const { slug, name } of items) {
    const { variants } = await api<{ variants: { available: number }[] }>(`/api/catalog/products/${slug}`);
    if (variants.length === 1 && (variants[0]?.available ?? 0) > 40) return { slug, name };
  }
  throw new Error('the demonstration catalogue has no book of which there are enough');
}

async function api<T>(path: string): Promise<T> {
  const response = await fetch(`${shop.url}${path}`);
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return (await response.json()) as T;
}

const devices: [string, Device][] = [
  ['a desktop', { width: 1440, javaScript: true }],
  ['a phone', { width: 360, javaScript: true }],
  ['a desktop without JavaScript', { width: 1440, javaScript: false }],
  ['a phone without JavaScript', { width: 360, javaScript: false }],
];

describe.each(devices)('on %s', (_name, device) => {
  it('a shopper finds something, changes the quantity, is declined, pays and finds the order again', async () => {
    const page = await visit(device);
    await open(page, '/');
    expect((await visitor?.context.cookies())?.length).toBe(0);

    const search = page.getByRole('searchbox').or(page.getByRole('combobox', { name: /search/i })).first();
    await search.fill('book');
    await search.press('Enter');
    await page.waitForURL('**/search*');
    const { slug, name } = await someProduct();
    await page.locator(`a[href="/p/${slug}"]`).first().click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
    await addToCart(page, slug, device);

    await page.getByRole('button', { name: `One ${name} more` }).click();
    await page.getByText('2 items').first().waitFor();

    await page.getByRole('link', { name: 'Check out' }).first().click();
    await page.waitForURL('**/checkout');
    await fillIn(page);
    await page.getByRole('button', { name: /^Pay £/ }).click();
    await page.waitForURL(`${sandbox}/**`);

    await payWith(page, '4000 0000 0000 0002');
    await page.getByRole('alert').waitFor();
    await payWith(page, '4242 4242 4242 4242');
    await page.waitForURL(`${shop.url}/orders/**`);
    await page.getByRole('heading', { level: 1, name: /thank you|paid|on its way/i }).waitFor();
    const link = page.url();

    const number = (await page.getByText(/EM-[0-9A-Z]{4}-[0-9A-Z]{4}/).first().textContent()) ?? '';
    const other = await newVisitor(browser, device, [shop.url]);
    await other.page.goto(link);
    await other.page.getByText(number.trim()).first().waitFor();
    await other.page.goto(link.split('?')[0] ?? '');
    await other.page.getByRole('heading', { level: 1 }).waitFor();
    expect(await other.page.getByText(number.trim()).count()).toBe(0);
    await other.context.close();

    // A job empties it, soon.
    const isEmpty = async () => {
      await open(page, '/cart');
      return (await page.getByRole('heading', { name: 'Your cart is empty' }).count()) > 0;
    };
    await until(isEmpty, 25_000, () => 'what was paid is still in the cart');
  }, SLOW_MS);

  it('a shopper turns back at the payment page, finds the cart full and orders on delivery', async () => {
    const page = await visit(device);
    const { slug } = await someProduct();
    await addToCart(page, slug, device);
    await page.getByRole('link', { name: 'Check out' }).first().click();
    await fillIn(page);
    await page.getByRole('button', { name: /^Pay £/ }).click();
    await page.waitForURL(`${sandbox}/**`);
    await page.getByRole('link', { name: /cancel/i }).click();
    await page.waitForURL(`${shop.url}/**`);
    await page.getByText('Nothing was charged').waitFor();
    await page.getByText('1 item').first().waitFor();

    await page.getByRole('link', { name: 'Check out' }).first().click();
    await fillIn(page);
    await page.getByText('On delivery', { exact: true }).click();
    await page.getByRole('button', { name: /^Place order £/ }).click();
    await page.waitForURL(`${shop.url}/orders/**`);
    await page.getByText(/EM-[0-9A-Z]{4}-[0-9A-Z]{4}/).first().waitFor();
  }, SLOW_MS);

  it('a shopper orders on delivery, thinks again and cancels, which who merely has the link cannot', async () => {
    const page = await visit(device);
    const { slug } = await someProduct();
    await addToCart(page, slug, device);
    await open(page, '/checkout');
    await fillIn(page);
    await page.getByText('On delivery', { exact: true }).click();
    await page.getByRole('button', { name: /^Place order £/ }).click();
    await page.waitForURL(`${shop.url}/orders/**?key=**`);

    const friend = await newVisitor(browser, device, [shop.url]);
    await friend.page.goto(page.url());
    await friend.page.getByRole('heading', { name: 'What you ordered' }).waitFor();
    expect(await friend.page.getByRole('button', { name: 'Cancel this order' }).count()).toBe(0);
    await friend.context.close();

    await page.getByRole('button', { name: 'Cancel this order' }).click();
    await page.getByRole('heading', { level: 1, name: 'This order was cancelled' }).waitFor();
    await open(page, '/orders');
    await page.getByText('Cancelled', { exact: true }).waitFor();
  }, SLOW_MS);

  it('a shopper is told which fields are wrong, and nothing typed is lost', async () => {
    const page = await visit(device);
    const { slug } = await someProduct();
    await addToCart(page, slug, device);
    await open(page, '/checkout');
    await fillIn(page);
    await page.getByLabel('E-mail').fill('ada@nowhere');
    await page.getByLabel('Postcode').fill('not a postcode');
    await page.getByRole('button', { name: /^Pay £/ }).click();
    await page.locator('.field-error').first().waitFor();
    expect(await page.getByLabel('Full name').inputValue()).toBe('Ada Lovelace');
  }, SLOW_MS);
});

describe('two clicks at once', () => {
  it('make one guest and lose nothing', async () => {
    const page = await visit({ width: 1440, javaScript: true });
    const { slug } = await someProduct();
    await open(page, `/p/${slug}`);
    await page.getByRole('button', { name: 'Add to cart' }).dblclick();
    await page.getByRole('link', { name: 'See the cart' }).first().waitFor();
    await open(page, '/cart');
    const quantity = await page.locator('input[name="quantity"][type="number"]').inputValue();
    expect(['1', '2']).toContain(quantity);
    const guests = (await visitor?.context.cookies())?.filter(({ name }) => name.startsWith('__Host-emall'));
    expect(guests).toHaveLength(1);
    expect(guests?.[0]).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Lax', path: '/' });
  }, SLOW_MS);
});

describe('every page', () => {
  const looks = [
    { width: 360, dark: false },
    { width: 360, dark: true },
    { width: 1440, dark: false },
    { width: 1440, dark: true },
  ];

  it.each(looks)('is accessible and fits at %p', async ({ width, dark }) => {
    const page = await visit({ width, javaScript: true, dark });
    const { slug } = await someProduct();
    const categories = await api<{ items: { slug: string }[] }>('/api/catalog/categories');
    const faults: string[] = [];
    const look = async (path?: string) => {
      if (path !== undefined) await open(page, path);
      faults.push(...(await accessibilityFaults(page)));
      if (await overflows(page)) faults.push(`${path} is wider than ${width} px`);
    };
    await look('/');
    await look(`/c/${categories.items[0]?.slug}`);
    await look('/search?q=book');
    await look('/search?q=zzzzqqq');
    await look(`/p/${slug}`);
    await look('/p/nothing-here');
    await look('/cart');
    await addToCart(page, slug, { width, javaScript: true });
    await look();
    await look('/checkout');
    await fillIn(page);
    await page.getByText('On delivery', { exact: true }).click();
    await page.getByRole('button', { name: /^Place order £/ }).click();
    await page.waitForURL('**/orders/**');
    await look();
    await look('/orders');
    expect(faults).toEqual([]);
  }, SLOW_MS);
});
