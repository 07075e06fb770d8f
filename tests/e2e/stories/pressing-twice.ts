import { describe, expect, it } from '@jest/globals';
import type { Page, Route } from 'playwright-core';
import { until } from '../../local/shop.ts';
import type { Device } from '../browser.ts';
import { fillIn, payWith, SLOW_MS, type World } from './world.ts';

const desktop: Device = { width: 1440, javaScript: true };
const without: Device = { width: 1440, javaScript: false };
const pay = /^Pay £/;
const placeOrder = /^Place order £/;

/** Whatever somebody does with the button that orders, it makes one order. */
export function pressingTwice(world: World): void {
  async function atCheckout(device: Device, method: 'card' | 'on delivery'): Promise<Page> {
    const page = await world.visit(device);
    const { slug } = await world.someProduct();
    await world.addToCart(page, slug, device);
    await world.open(page, '/checkout');
    await fillIn(page);
    if (method === 'on delivery') await page.getByText('On delivery', { exact: true }).click();
    return page;
  }

  /** The orders of whoever visits, as their list says; what may still be on its way is waited for. */
  async function orders(page: Page): Promise<string[]> {
    await until(async () => {
      await world.open(page, '/cart');
      return (await page.getByRole('heading', { name: 'Your cart is empty' }).count()) > 0;
    }, 25_000, () => 'what was ordered is still in the cart');
    await world.open(page, '/orders');
    return await page.getByRole('link', { name: /^EM-/ }).allTextContents();
  }

  const isPlaced = (page: Page) => page.getByRole('heading', { level: 1, name: /thank you/i }).waitFor();

  /** The next time the form is sent it arrives, and its answer does not. */
  async function loseAnswer(page: Page): Promise<void> {
    const lose = async (route: Route) => {
      await route.fetch({ maxRedirects: 0 });
      await route.abort('connectionreset');
    };
    await page.route('**/checkout', lose, { times: 1 });
  }

  describe('an order is one order', () => {
    it.each([['with', desktop], ['without', without]])('when its button is pressed twice %s JavaScript', async (_how, device) => {
      const page = await atCheckout(device, 'on delivery');
      await page.getByRole('button', { name: placeOrder }).dblclick();
      await isPlaced(page);
      expect(await orders(page)).toHaveLength(1);
    }, SLOW_MS);

    it('when its payment page is asked for twice', async () => {
      const page = await atCheckout(desktop, 'card');
      await page.getByRole('button', { name: pay }).dblclick();
      await page.waitForURL(`${world.sandbox}/**`);
      await payWith(page, '4242 4242 4242 4242');
      await isPlaced(page);
      expect(await orders(page)).toHaveLength(1);
    }, SLOW_MS);

    it('when the answer was lost and the button is pressed again', async () => {
      const page = await atCheckout(desktop, 'on delivery');
      await loseAnswer(page);
      await page.getByRole('button', { name: placeOrder }).click();
      await page.getByText('That did not work just now').waitFor();
      expect(await page.getByLabel('Full name').inputValue()).toBe('Ada Lovelace');
      await page.getByRole('button', { name: placeOrder }).click();
      await isPlaced(page);
      expect(await orders(page)).toHaveLength(1);
      // The script told of the answer that was thrown away; nothing else may have been wrong.
      expect((await world.leave()).filter((fault) => !fault.includes('Failed to fetch'))).toEqual([]);
    }, SLOW_MS);

    it('when the page that thanks for it is loaded again', async () => {
      const page = await atCheckout(without, 'on delivery');
      await page.getByRole('button', { name: placeOrder }).click();
      await isPlaced(page);
      await page.reload();
      await isPlaced(page);
      expect(await orders(page)).toHaveLength(1);
    }, SLOW_MS);

    it.each([['with', desktop], ['without', without]])('when somebody goes back and presses once more %s JavaScript', async (_how, device) => {
      const page = await atCheckout(device, 'on delivery');
      await page.getByRole('button', { name: placeOrder }).click();
      await isPlaced(page);
      await page.goBack();
      // The cart may be empty by now: then there is no button left.
      const button = page.getByRole('button', { name: placeOrder }).or(page.getByRole('button', { name: pay }));
      if ((await button.count()) > 0) {
        await fillIn(page);
        await page.getByText('On delivery', { exact: true }).click();
        await page.getByRole('button', { name: placeOrder }).click();
        await page.getByRole('heading', { level: 1, name: /thank you|ordered this already|cart is empty/i }).waitFor();
      }
      expect(await orders(page)).toHaveLength(1);
    }, SLOW_MS);

    it('when two windows order the same cart at once, and the second leads to it', async () => {
      const first = await atCheckout(desktop, 'on delivery');
      const second = await world.visitor.context.newPage();
      await world.open(second, '/checkout');
      await fillIn(second);
      await second.getByText('On delivery', { exact: true }).click();
      await Promise.all([first, second].map((page) => page.getByRole('button', { name: placeOrder }).click()));
      const led = [first, second].map(async (page) => {
        const thanks = page.getByRole('heading', { level: 1, name: /thank you/i });
        const already = page.getByRole('heading', { level: 1, name: 'You have ordered this already' });
        // Where one window is much slower, a job has emptied the cart by then.
        await thanks.or(already).or(page.getByRole('heading', { level: 1, name: 'Your cart is empty now' })).waitFor();
        if ((await already.count()) === 0) return;
        expect(await world.look(page, desktop)).toEqual([]);
        await page.getByRole('link', { name: /^See order EM-/ }).click();
        await thanks.waitFor();
      });
      await Promise.all(led);
      expect(await orders(first)).toHaveLength(1);
    }, SLOW_MS);

    it('when somebody goes back from the payment page and asks for it once more', async () => {
      const page = await atCheckout(desktop, 'card');
      await page.getByRole('button', { name: pay }).click();
      await page.waitForURL(`${world.sandbox}/**`);
      await page.goBack();
      await page.getByText('An order is waiting for your payment').waitFor();
      await fillIn(page);
      await page.getByRole('button', { name: pay }).click();
      await page.waitForURL(`${world.sandbox}/**`);
      await payWith(page, '4242 4242 4242 4242');
      await isPlaced(page);
      await orders(page);
      // The first was never paid: the second took its place.
      const states = await page.locator('.order-row .state').allTextContents();
      expect(states.toSorted()).toEqual(['Cancelled', 'Paid']);
    }, SLOW_MS);
  });
}
