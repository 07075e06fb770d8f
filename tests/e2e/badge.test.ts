import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { TestShop } from '../local/shop.ts';
import { launchBrowser, newVisitor } from './browser.ts';

/** For a start and a purchase on a machine that is busy with other tests. */
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

it('the number beside the cart goes by itself after the payment, and does not come back on other pages', async () => {
  const sandbox = new URL(shop.topology().sandbox?.url ?? '').origin.replace('127.0.0.1', 'localhost');
  const { page, context, faults } = await newVisitor(browser, { width: 1440, javaScript: true }, [shop.url, sandbox]);
  const badge = page.locator('[data-cart-count]');

  await page.goto(`${shop.url}/p/bertram-the-classic-bear`);
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await page.getByRole('link', { name: 'See the cart' }).click();
  await badge.filter({ hasText: /^1$/ }).waitFor();

  await page.goto(`${shop.url}/checkout`);
  const typed = { 'E-mail': 'ada@example.com', 'Full name': 'Ada Lovelace', 'Street and number': "12 St James's Square", 'Town or city': 'London', Postcode: 'SW1Y 4JH' };
  for (const [label, value] of Object.entries(typed)) await page.getByLabel(label).fill(value);
  await page.getByRole('button', { name: /^Pay £/ }).click();
  const card = { 'Card number': '4242 4242 4242 4242', Expires: '12 / 34', 'Security code': '123' };
  for (const [label, value] of Object.entries(card)) await page.getByLabel(label).fill(value);
  await page.getByRole('button', { name: /^Pay £/ }).click();
  await page.waitForURL(`${shop.url}/orders/**`);
  await page.getByRole('heading', { level: 1, name: /thank you/i }).waitFor();

  await badge.waitFor({ state: 'hidden' });
  await page.goto(shop.url);
  await page.getByRole('heading', { level: 1 }).waitFor();
  expect(await badge.isVisible()).toBe(false);
  await context.close();
  expect(faults).toEqual([]);
}, SLOW_MS);
