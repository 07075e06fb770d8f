import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { TestShop } from '../../local/shop.ts';
import { accessibilityFaults, type Device, launchBrowser, newVisitor, overflows, type Visitor, withoutScript } from '../browser.ts';

/** Of a test of many pages, on a machine that is busy with other tests. */
export const SLOW_MS = 240_000;

export const devices: [string, Device][] = [
  ['a desktop', { width: 1440, javaScript: true }],
  ['a phone', { width: 360, javaScript: true }],
  ['a desktop without JavaScript', { width: 1440, javaScript: false }],
  ['a phone without JavaScript', { width: 360, javaScript: false }],
];

/** One shop and one browser for all stories, and the shopper of the story that is told. */
export class World {
  readonly shop = new TestShop();
  browser!: Browser;
  /** Where payment pages stand. */
  sandbox = '';
  #visitor: Visitor | undefined;

  async begin(): Promise<void> {
    [this.browser] = await Promise.all([launchBrowser(), this.shop.start()]);
    this.sandbox = new URL(this.shop.topology().sandbox?.url ?? '').origin.replace('127.0.0.1', 'localhost');
  }

  async end(): Promise<void> {
    await this.browser?.close();
    this.shop.dispose();
  }

  get visitor(): Visitor {
    if (this.#visitor === undefined) throw new Error('nobody visits the shop');
    return this.#visitor;
  }

  async visit(device: Device): Promise<Page> {
    this.#visitor = await newVisitor(this.browser, device, [this.shop.url, this.sandbox]);
    return this.#visitor.page;
  }

  /** The shopper leaves. Returns what no page may have caused meanwhile. */
  async leave(): Promise<string[]> {
    const visitor = this.#visitor;
    this.#visitor = undefined;
    await visitor?.context.close();
    return visitor?.faults ?? [];
  }

  open(page: Page, path: string) {
    return page.goto(`${this.shop.url}${path}`);
  }

  async api<T>(path: string): Promise<T> {
    const response = await fetch(`${this.shop.url}${path}`);
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return (await response.json()) as T;
  }

  /** What is wrong with the page as it stands: for whoever cannot see it, and on a screen of this width. */
  async look(page: Page, { width, javaScript, dark }: Device): Promise<string[]> {
    const path = new URL(page.url()).pathname;
    const wide = (await overflows(page)) ? [`${path} is wider than ${width} px`] : [];
    if (javaScript) return [...wide, ...(await accessibilityFaults(page))];
    const twin = await newVisitor(this.browser, { width, javaScript: true, ...(dark && { dark }) }, [this.shop.url]);
    await withoutScript(page, twin.page);
    const faults = [...wide, ...(await accessibilityFaults(twin.page)), ...twin.faults];
    await twin.context.close();
    return faults.map((fault) => `without JavaScript: ${fault}`);
  }

  async importRows(name: string, header: string, rows: string[]): Promise<void> {
    const file = join(this.shop.home, `${name}.csv`);
    await writeFile(file, [header, ...rows].join('\n'));
    const { status, output } = this.shop.run('import', file);
    if (status !== 0 || !output.includes('refused 0')) throw new Error(output);
  }

  async addToCart(page: Page, slug: string, { javaScript }: Device): Promise<void> {
    await this.open(page, `/p/${slug}`);
    await page.getByRole('button', { name: 'Add to cart' }).click();
    if (javaScript) await page.getByRole('link', { name: 'See the cart' }).click();
    await page.waitForURL('**/cart*');
  }

  /** A book of which there are enough for every test, from the API that the pages are made of. */
  async someProduct(): Promise<{ slug: string; name: string }> {
    const { items } = await this.api<{ items: { slug: string; name: string }[] }>('/api/catalog/products?q=book&in_stock=true');
    for (const { slug, name } of items) {
      const { variants } = await this.api<{ variants: { available: number }[] }>(`/api/catalog/products/${slug}`);
      if (variants.length === 1 && (variants[0]?.available ?? 0) > 40) return { slug, name };
    }
    throw new Error('the demonstration catalogue has no book of which there are enough');
  }
}

export async function fillIn(page: Page): Promise<void> {
  await page.getByLabel('E-mail').fill('ada@example.com');
  await page.getByLabel('Full name').fill('Ada Lovelace');
  await page.getByLabel('Street and number').fill("12 St James's Square");
  await page.getByLabel('Town or city').fill('London');
  await page.getByLabel('Postcode').fill('SW1Y 4JH');
}

export async function payWith(page: Page, number: string): Promise<void> {
  await page.getByLabel('Card number').fill(number);
  await page.getByLabel('Expires').fill('12 / 34');
  await page.getByLabel('Security code').fill('123');
  await page.getByRole('button', { name: /^Pay £/ }).click();
}

export async function orderOnDelivery(page: Page): Promise<void> {
  await fillIn(page);
  await page.getByText('On delivery', { exact: true }).click();
  await page.getByRole('button', { name: /^Place order £/ }).click();
}
