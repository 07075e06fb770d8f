import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { until } from '../../local/shop.ts';
import type { Device } from '../browser.ts';
import { devices, orderOnDelivery, SLOW_MS, type World } from './world.ts';

const HEADER = 'product,sku,name,price,stock,category,option.colour,option.size';
const SHELF = 'Home & Living > Paper Lanterns';

/** Forty of them, thirty in amber: more than a page holds. The last of those thirty comes in two colours and two sizes. */
const lanterns = Array.from({ length: 40 }, (_, index) => {
  const number = String(index + 1).padStart(2, '0');
  const row = (sku: string, colour: string, size: string, more = 0, stock = 50) =>
    `lantern-${number},LANTERN-${number}${sku},Lantern ${number},${11 + index + more}.00,${stock},${SHELF},${colour},${size}`;
  if (number !== '30') return [row('', index < 30 ? 'Amber' : 'Teal', 'Small')];
  return [row('-AS', 'Amber', 'Small'), row('-AL', 'Amber', 'Large', 5), row('-TS', 'Teal', 'Small', 0, 0), row('-TL', 'Teal', 'Large', 5)];
}).flat();

/** The order of options is not theirs to say. */
const CHOSEN = /Teal, Large|Large, Teal/;

/** What changes while one shopper has it in the cart; others have their own. */
const before = devices.flatMap((_, i) => [
  `hook-${i},HOOK-${i},Brass hook ${i},10.00,50,,,`,
  `chain-${i},CHAIN-${i},Brass chain ${i},20.00,50,,,`,
  `stand-${i},STAND-${i},Brass stand ${i},30.00,50,,,`,
]);
const after = (i: number) => [`hook-${i},HOOK-${i},Brass hook ${i},12.50,50,active`, `chain-${i},CHAIN-${i},Brass chain ${i},20.00,0,active`, `stand-${i},STAND-${i},,,,discontinued`];

/** Along the shelves to a lantern, and on with a cart in which much has changed. */
export function browsing(world: World): void {
  describe('along the shelves', () => {
    beforeAll(async () => {
      await world.importRows('shelves', HEADER, [...lanterns, ...before]);
      // Every replica has departments and lists of its own, some seconds old: so many at once come to all of them.
      const shelf = async () => (await fetch(`${world.shop.url}/c/paper-lanterns`)).text();
      const isThere = async () => (await Promise.all(Array.from({ length: 8 }, shelf))).every((html) => html.includes('40 products'));
      await until(isThere, 60_000, () => 'the new shelf is not there');
    }, SLOW_MS);

    it.each(devices.map(([name, device], i) => ({ name, device, i })))('a shopper on $name finds a lantern and mends the cart', async ({ device, i }) => {
      const page = await world.visit(device);
      const faults: string[] = [];
      const look = async () => void faults.push(...(await world.look(page, device)));
      await toTheShelf(world, page, device, look);
      await narrow(page, device, look);
      await choose(page, device, look);

      for (const thing of ['hook', 'chain', 'stand']) await world.addToCart(page, `${thing}-${i}`, device);
      await world.importRows(`after-${i}`, 'product,sku,name,price,stock,status', after(i));
      await mend(world, page, device, i, look);

      await page.getByRole('link', { name: 'Check out' }).click();
      await orderOnDelivery(page);
      await page.waitForURL(`${world.shop.url}/orders/**`);
      await page.getByText(CHOSEN).first().waitFor();
      expect(await page.getByText(`Brass stand ${i}`).count()).toBe(0);
      expect(faults).toEqual([]);
    }, SLOW_MS);
  });
}

type Look = () => Promise<void>;

const isPhone = ({ width }: Device) => width < 600;

async function toTheShelf(world: World, page: Page, device: Device, look: Look): Promise<void> {
  await world.open(page, '/');
  if (isPhone(device)) {
    await page.locator('summary', { hasText: 'Departments' }).click();
    await page.getByRole('navigation', { name: 'Menu' }).waitFor();
    if (device.javaScript) await look();
  }
  await page.getByRole('navigation', { name: isPhone(device) ? 'Menu' : 'Main' }).getByRole('link', { name: 'Home & Living' }).click();
  await page.getByRole('heading', { level: 1, name: 'Home & Living' }).waitFor();
  await page.getByRole('navigation', { name: 'Within this department' }).getByRole('link', { name: 'Paper Lanterns' }).click();
  await page.getByRole('heading', { level: 1, name: 'Paper Lanterns' }).waitFor();
}

/** Cheapest first, amber only, and on to the second page; each step shows before the next one is made. */
async function narrow(page: Page, device: Device, look: Look): Promise<void> {
  const products = page.locator('#products > li');
  await page.getByLabel('Sort by').selectOption('price-asc');
  if (!device.javaScript) await page.getByRole('button', { name: 'Sort', exact: true }).click();
  await page.waitForURL(/sort=price-asc/);
  await products.first().getByText('Lantern 01').waitFor();

  if (isPhone(device)) await page.locator('summary', { hasText: 'Filter' }).click();
  await page.getByRole('checkbox', { name: /^Amber/ }).check();
  if (!device.javaScript) await look();
  if (!device.javaScript) await page.getByRole('button', { name: 'Show products' }).click();
  await page.waitForURL(/colour=Amber/);
  await page.locator('#listing-count').getByText('30 products').waitFor();
  if (device.javaScript) await look();

  await page.getByRole('link', { name: 'Show more' }).click();
  await page.getByRole('link', { name: 'Lantern 30' }).waitFor();
  await expectSoon(async () => `${await products.count()}`, device.javaScript ? '30' : '6');
}

async function choose(page: Page, device: Device, look: Look): Promise<void> {
  await page.getByRole('link', { name: 'Lantern 30' }).click();
  await page.getByRole('heading', { level: 1, name: 'Lantern 30' }).waitFor();
  const option = (label: string) => page.locator('label.option:visible', { hasText: label });
  await option('Teal').click();
  expect(await option('Small').getByRole('radio').isDisabled()).toBe(true);
  await option('Large').click();
  if (device.javaScript) await look();
  await page.getByRole('button', { name: 'Add to cart' }).click();
  if (device.javaScript) {
    await page.getByText('Added to your cart').waitFor();
    await look();
    await page.getByRole('link', { name: 'See the cart' }).click();
  }
  await page.waitForURL('**/cart*');
  await page.getByText(CHOSEN).waitFor();
}

async function mend(world: World, page: Page, device: Device, i: number, look: Look): Promise<void> {
  await world.open(page, `/p/chain-${i}`);
  const isSoldOut = async () => {
    await page.reload();
    return (await page.getByRole('button', { name: 'Sold out' }).count()) > 0;
  };
  await until(isSoldOut, 30_000, () => 'the product is not shown as sold out');
  if (device.javaScript) await look();

  await world.open(page, '/checkout');
  await page.getByRole('heading', { level: 1, name: 'Your cart' }).waitFor();
  const told = [page.getByText('The price was £10.00 when you added it and is £12.50 now.'), page.getByText('Sold out since you added it.'), page.getByText('We no longer sell this.')];
  for (const notice of told) await notice.waitFor();
  expect(await page.getByRole('link', { name: 'Check out' }).count()).toBe(0);
  await look();

  await page.getByRole('button', { name: `Remove Brass chain ${i}` }).click();
  await page.getByText('Sold out since you added it.').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: `Remove Brass stand ${i}` }).click();
  await page.getByText('We no longer sell this.').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'All right' }).click();
  await page.getByText('The price was £10.00').waitFor({ state: 'detached' });
  await page.getByText('2 items').first().waitFor();
}

async function expectSoon(found: () => Promise<string>, wanted: string): Promise<void> {
  let last = '';
  await until(async () => (last = await found()) === wanted, 40_000, () => `there are ${last}, not ${wanted}`);
}
