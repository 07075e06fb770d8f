import { describe, expect, it } from '@jest/globals';
import { accessibilityFaults, overflows } from '../browser.ts';
import { orderOnDelivery, SLOW_MS, type World } from './world.ts';

export function everyPage(world: World): void {
  describe('every page', () => {
    const looks = [
      { width: 360, dark: false },
      { width: 360, dark: true },
      { width: 1440, dark: false },
      { width: 1440, dark: true },
    ];

    it.each(looks)('is accessible and fits at %p', async ({ width, dark }) => {
      const page = await world.visit({ width, javaScript: true, dark });
      const { slug } = await world.someProduct();
      const categories = await world.api<{ items: { slug: string }[] }>('/api/catalog/categories');
      const faults: string[] = [];
      const look = async (path?: string) => {
        if (path !== undefined) await world.open(page, path);
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
      await world.addToCart(page, slug, { width, javaScript: true });
      await look();
      await look('/checkout');
      await orderOnDelivery(page);
      await page.waitForURL('**/orders/**');
      await look();
      await look('/orders');
      expect(faults).toEqual([]);
    }, SLOW_MS);
  });
}
