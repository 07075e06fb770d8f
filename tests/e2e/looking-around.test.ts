import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Response } from 'playwright-core';
import { byCli, TestShop } from '../local/shop.ts';
import { launchBrowser, newVisitor } from './browser.ts';
import { SLOW_MS } from './stories/world.ts';

const shop = new TestShop();
let browser: Browser;

beforeAll(async () => {
  [browser] = await Promise.all([launchBrowser(), shop.start(byCli)]);
}, SLOW_MS);
afterAll(async () => {
  await browser?.close();
  shop.dispose();
}, SLOW_MS);

/** What a request has to do with who made it: nothing, when it is a file, or an answer that the edge gives to everybody. */
async function personal(response: Response): Promise<string[]> {
  const [asked, answered] = await Promise.all([response.request().allHeaders(), response.allHeaders()]);
  const { pathname } = new URL(response.url());
  const faults = [
    ...('cookie' in asked ? ['was asked with a cookie'] : []),
    ...('set-cookie' in answered ? ['sets a cookie'] : []),
    ...('x-cache' in answered || pathname.startsWith('/static/') || pathname === '/favicon.ico' ? [] : ['was made for one shopper']),
    ...(answered['cache-control']?.startsWith('public') ? [] : [`is ${answered['cache-control']}`]),
  ];
  return faults.map((fault) => `${response.request().method()} ${pathname} ${fault}`);
}

describe('whoever looks around, and puts nothing into a cart', () => {
  it.each([['with scripts', true], ['without', false]])('has no cookie, and asks for nothing of their own: %s', async (_, javaScript) => {
    const { page, context, faults } = await newVisitor(browser, { width: 1440, javaScript }, [shop.url]);
    const heard: Response[] = [];
    context.on('response', (response) => void heard.push(response));
    const settle = () => page.waitForLoadState('networkidle');

    await page.goto(shop.url);
    await settle();
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link').first().click();
    await page.waitForURL('**/c/**');
    await settle();
    const search = page.getByRole('searchbox').or(page.getByRole('combobox', { name: /search/i })).first();
    await Promise.all([search.pressSequentially('book'), ...(javaScript ? [page.waitForResponse(/\/search\/suggestions/)] : [])]);
    await search.press('Enter');
    await page.waitForURL('**/search*');
    await settle();
    await page.locator('#products > li a').first().click();
    await page.waitForURL('**/p/**');
    await settle();
    await page.goBack();
    await settle();

    const paths = new Set(heard.map((response) => new URL(response.url()).pathname.split('/')[1]));
    expect([...paths]).toEqual(expect.arrayContaining(['', 'c', 'search', 'p', 'static']));
    // Suggestions are what a busy machine turns away first.
    const answered = heard.filter((response) => response.status() !== 503);
    expect((await Promise.all(answered.map(personal))).flat()).toEqual([]);
    expect(await context.cookies()).toEqual([]);
    expect(faults.filter((fault) => !fault.startsWith('503 '))).toEqual([]);
    await context.close();
  }, SLOW_MS);
});
