import { describe, expect, it } from '@jest/globals';
import { until } from '../../local/shop.ts';
import { newVisitor } from '../browser.ts';
import { devices, fillIn, orderOnDelivery, payWith, SLOW_MS, type World } from './world.ts';

/** From a search to a paid order, and the ways that lead back. */
export function buying(world: World): void {
  describe.each(devices)('on %s', (_name, device) => {
    it('a shopper finds something, changes the quantity, is declined, pays and finds the order again', async () => {
      const page = await world.visit(device);
      await world.open(page, '/');
      expect((await world.visitor.context.cookies()).length).toBe(0);

      const search = page.getByRole('searchbox').or(page.getByRole('combobox', { name: /search/i })).first();
      await search.fill('book');
      await search.press('Enter');
      await page.waitForURL('**/search*');
      const { slug, name } = await world.someProduct();
      await page.locator(`a[href="/p/${slug}"]`).first().click();
      await page.getByRole('heading', { level: 1, name }).waitFor();
      await world.addToCart(page, slug, device);

      await page.getByRole('button', { name: `One ${name} more` }).click();
      await page.getByText('2 items').first().waitFor();
      const badge = page.locator('[data-cart-count]');
      if (device.javaScript) await badge.filter({ hasText: /^2$/ }).waitFor();

      await page.getByRole('link', { name: 'Check out' }).first().click();
      await page.waitForURL('**/checkout');
      await fillIn(page);
      await page.getByRole('button', { name: /^Pay £/ }).click();
      await page.waitForURL(`${world.sandbox}/**`);

      await payWith(page, '4000 0000 0000 0002');
      await page.getByRole('alert').waitFor();
      await payWith(page, '4242 4242 4242 4242');
      await page.waitForURL(`${world.shop.url}/orders/**`);
      await page.getByRole('heading', { level: 1, name: /thank you|paid|on its way/i }).waitFor();
      const link = page.url();
      // A job empties the cart soon: the number beside it goes by itself.
      if (device.javaScript) await badge.waitFor({ state: 'hidden' });

      const number = (await page.getByText(/EM-[0-9A-Z]{4}-[0-9A-Z]{4}/).first().textContent()) ?? '';
      const other = await newVisitor(world.browser, device, [world.shop.url]);
      await other.page.goto(link);
      await other.page.getByText(number.trim()).first().waitFor();
      await other.page.goto(link.split('?')[0] ?? '');
      await other.page.getByRole('heading', { level: 1 }).waitFor();
      expect(await other.page.getByText(number.trim()).count()).toBe(0);
      await other.context.close();

      if (device.javaScript) {
        await world.open(page, '/');
        expect(await badge.isVisible()).toBe(false);
      }
      // Without it the cart itself tells.
      const isEmpty = async () => {
        await world.open(page, '/cart');
        return (await page.getByRole('heading', { name: 'Your cart is empty' }).count()) > 0;
      };
      await until(isEmpty, 25_000, () => 'what was paid is still in the cart');
    }, SLOW_MS);

    it('a shopper turns back at the payment page, finds the cart full and orders on delivery', async () => {
      const page = await world.visit(device);
      const { slug } = await world.someProduct();
      await world.addToCart(page, slug, device);
      await page.getByRole('link', { name: 'Check out' }).first().click();
      await fillIn(page);
      await page.getByRole('button', { name: /^Pay £/ }).click();
      await page.waitForURL(`${world.sandbox}/**`);
      await page.getByRole('link', { name: /cancel/i }).click();
      await page.waitForURL(`${world.shop.url}/**`);
      await page.getByText('Nothing was charged').waitFor();
      await page.getByText('1 item').first().waitFor();

      if (device.javaScript) {
        const faults = await world.look(page, device);
        await world.open(page, '/orders');
        await page.getByRole('link', { name: /^EM-/ }).click();
        await page.getByRole('heading', { level: 1, name: 'We are confirming your payment' }).waitFor();
        faults.push(...(await world.look(page, device)));
        expect(faults).toEqual([]);
        await world.open(page, '/cart');
      }
      await page.getByRole('link', { name: 'Check out' }).first().click();
      await orderOnDelivery(page);
      await page.waitForURL(`${world.shop.url}/orders/**`);
      await page.getByText(/EM-[0-9A-Z]{4}-[0-9A-Z]{4}/).first().waitFor();
    }, SLOW_MS);

    it('a shopper orders on delivery, thinks again and cancels, which who merely has the link cannot', async () => {
      const page = await world.visit(device);
      const { slug } = await world.someProduct();
      await world.addToCart(page, slug, device);
      await world.open(page, '/checkout');
      await orderOnDelivery(page);
      await page.waitForURL(`${world.shop.url}/orders/**?key=**`);

      const friend = await newVisitor(world.browser, device, [world.shop.url]);
      await friend.page.goto(page.url());
      await friend.page.getByRole('heading', { name: 'What you ordered' }).waitFor();
      expect(await friend.page.getByRole('button', { name: 'Cancel this order' }).count()).toBe(0);
      await friend.context.close();

      await page.getByRole('button', { name: 'Cancel this order' }).click();
      await page.getByRole('heading', { level: 1, name: 'This order was cancelled' }).waitFor();
      await world.open(page, '/orders');
      await page.getByText('Cancelled', { exact: true }).waitFor();
    }, SLOW_MS);

    it('a shopper is told which fields are wrong, and nothing typed is lost', async () => {
      const page = await world.visit(device);
      const { slug } = await world.someProduct();
      await world.addToCart(page, slug, device);
      await world.open(page, '/checkout');
      await fillIn(page);
      await page.getByLabel('E-mail').fill('ada@nowhere');
      await page.getByLabel('Postcode').fill('not a postcode');
      await page.getByRole('button', { name: /^Pay £/ }).click();
      await page.locator('.field-error').first().waitFor();
      expect(await page.getByLabel('Full name').inputValue()).toBe('Ada Lovelace');
      expect(await world.look(page, device)).toEqual([]);
    }, SLOW_MS);
  });

  describe('two clicks at once', () => {
    it('make one guest and lose nothing', async () => {
      const page = await world.visit({ width: 1440, javaScript: true });
      const { slug } = await world.someProduct();
      await world.open(page, `/p/${slug}`);
      await page.getByRole('button', { name: 'Add to cart' }).dblclick();
      await page.getByRole('link', { name: 'See the cart' }).first().waitFor();
      await world.open(page, '/cart');
      const quantity = await page.locator('input[name="quantity"][type="number"]').inputValue();
      expect(['1', '2']).toContain(quantity);
      const guests = (await world.visitor.context.cookies()).filter(({ name }) => name.startsWith('__Host-emall'));
      expect(guests).toHaveLength(1);
      expect(guests[0]).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Lax', path: '/' });
    }, SLOW_MS);
  });
}
