import { describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { isAlive } from '../../../infra/local/src/system/processes.ts';
import { until } from '../../local/shop.ts';
import { SLOW_MS, type World } from './world.ts';

/** The pages that nobody wants to see. */
export function trouble(world: World): void {
  /** Kills the replicas and opens the page, until it shows what it shows without them: they are soon back. */
  async function openWithout(service: string, page: Page, path: string, heading: string): Promise<void> {
    const isShown = async () => {
      for (const replica of [`${service}-1`, `${service}-2`].map((name) => world.shop.process(name))) if (isAlive(replica)) process.kill(replica.pid, 'SIGKILL');
      // A page that tries again by itself would be gone while it is looked at.
      await page.route('**/*', async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, body: (await response.text()).replace(/<meta http-equiv="refresh"[^>]*>/, '') });
      }, { times: 1 });
      await world.open(page, path);
      return (await page.getByRole('heading', { level: 1, name: heading }).count()) > 0;
    };
    await until(isShown, 60_000, () => `${path} is shown although nobody is there to answer`);
  }

  /** What was to be seen was an error; nothing else may have been one. */
  async function leave(): Promise<string[]> {
    return (await world.leave()).filter((fault) => !fault.startsWith('503 from '));
  }

  const isBack = () => until(async () => (await fetch(`${world.shop.url}/api/cart`)).status === 200, 60_000, () => 'the shop did not come back');

  /** On a phone in the dark, and on a desktop by day. */
  async function lookTwice(page: Page): Promise<string[]> {
    const faults: string[] = [];
    for (const { width, dark } of [{ width: 360, dark: true }, { width: 1440, dark: false }]) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
      faults.push(...(await world.look(page, { width, javaScript: true })));
    }
    return faults;
  }

  describe('a page that nobody wants to see', () => {
    it('is accessible when something was refused', async () => {
      const page = await world.visit({ width: 1440, javaScript: true });
      const faults: string[] = [];
      const isAt = async (heading: string) => {
        await page.getByRole('heading', { level: 1, name: heading }).waitFor();
        faults.push(...(await lookTwice(page)));
      };
      await world.open(page, '/%ff');
      await isAt('We could not make sense of that');
      await world.open(page, '/nothing-here');
      await isAt('There is nothing at this address');
      // As a form of ours whose product is gone, without the script.
      await page.evaluate(() => {
        const form = Object.assign(document.createElement('form'), { method: 'post', action: '/cart/lines' });
        form.append(Object.assign(document.createElement('input'), { name: 'sku', value: 'NOBODY-KNOWS' }), Object.assign(document.createElement('input'), { name: 'quantity', value: '1' }));
        document.body.append(form);
        form.submit();
      });
      await isAt('That did not go into your cart');
      expect(faults).toEqual([]);
    }, SLOW_MS);

    it('is accessible when a service is away, and when nobody answers for the shop', async () => {
      const page = await world.visit({ width: 1440, javaScript: true });
      const faults: string[] = [];
      await openWithout('cart', page, '/cart', 'This page needs a moment');
      faults.push(...(await lookTwice(page)));
      await isBack();
      // Pages that are the same for everybody are shown from the edge's copy; a cart is not.
      await openWithout('gateway', page, '/cart', 'The shop is busy. One moment, please.');
      faults.push(...(await lookTwice(page)));
      await isBack();
      expect([...faults, ...(await leave())]).toEqual([]);
    }, SLOW_MS);
  });
}
